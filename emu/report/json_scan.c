/* SPDX-License-Identifier: MIT */
/* JSON of an image's tables and sites. */
#include "report/new_finding.h"
#include "report/owner.h"
#include "report/site_words.h"
#include "subject/subject.h"

static void add_table(struct hvc_json *json, const struct hvc_scan_table *table)
{
	static const char *const by[] = {"calls", "lent memory", "code"};
	const struct hvc_candidate *candidate = &table->candidate;

	hvc_json__put(json,
	              "{ address:x symbol score writes_vbar_el2 erets reads_esr_el2 live_slots "
	              "probably evidence",
	              candidate->address, table->symbol, (uint64_t)candidate->score,
	              candidate->writes_vbar, candidate->erets, candidate->reads_esr,
	              candidate->live, table->likely.name, table->likely.evidence);
	if (table->fit.abi[0])
		hvc_json__put(json, "fits{ abi rules differ proved by }", table->fit.abi,
		              table->fit.rules, table->fit.differ, table->fit.proved,
		              by[table->fit.by]);
	hvc_json__close(json);
}

static void add_owners(struct hvc_json *json, const struct hvc_registry *registry,
                       const struct hvc_site *site)
{
	struct hvc_owners owners;

	hvc_owner__find(registry, site, &owners);
	hvc_json__array(json, "owners");
	for (unsigned i = 0; i < owners.rows && !site->data; i++) {
		const char *call =
		        owners.by_function ? hvc_known__call_name(owners.row[i], owners.fid) : NULL;

		hvc_json__put(json, "{ owner by call }", owners.row[i]->owner,
		              hvc_known_kind__name(owners.row[i]->kind), call);
	}
	hvc_json__close(json);
}

static void add_sites(struct hvc_json *json, const struct hvc_scan *scan,
                      const struct hvc_registry *registry, bool smc)
{
	hvc_json__array(json, smc ? "smc" : "hvc");
	for (size_t i = 0; i < scan->sites; i++) {
		const struct hvc_site *site = &scan->site[i];

		if (hvc_insn_is_smc(site->insn) != smc)
			continue;
		hvc_json__object(json, NULL);
		hvc_site__json(json, site);
		hvc_site__json_registers(json, site);
		add_owners(json, registry, site);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

enum hvc_status hvc_scan__json(FILE *out, const void *of, const struct hvc_findings *findings,
                               struct hvc_diag *diag)
{
	const struct hvc_scan_report *report = of;
	const struct hvc_scan *scan = report->scan;
	struct hvc_json *json = hvc_json__new("hvcheck-scan/1");

	hvc_json__put(json, "file format size symbols table_count tables[", scan->path,
	              hvc_format__name(scan->format), scan->size, scan->symbols, scan->candidates);
	for (size_t i = 0; i < scan->tables; i++)
		add_table(json, &scan->table[i]);
	hvc_json__close(json);
	add_sites(json, scan, report->registry, false);
	add_sites(json, scan, report->registry, true);
	hvc_json__number(json, "dropped", scan->dropped);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
