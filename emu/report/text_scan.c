/* SPDX-License-Identifier: MIT */
/* Text of an image's tables and sites. */
#include <inttypes.h>

#include "report/owner.h"
#include "report/site_words.h"
#include "report/table.h"
#include "subject/builtin.h"
#include "subject/subject.h"

static void add_why(struct hvc_words *words, const struct hvc_scan_table *table)
{
	const struct hvc_candidate *candidate = &table->candidate;

	hvc_words__add(words, "%u live slot%s", candidate->live, candidate->live == 1 ? "" : "s");
	if (candidate->writes_vbar)
		hvc_words__add(words, ", writes vbar_el2");
	if (candidate->erets)
		hvc_words__add(words, ", erets");
	if (candidate->reads_esr)
		hvc_words__add(words, ", reads esr_el2");
	if (table->likely.evidence[0])
		hvc_words__add(words, ", %s", table->likely.evidence);
}

static void add_fit(struct hvc_words *words, const struct hvc_fit *fit)
{
	if (!fit->abi[0])
		hvc_words__add(words, "-");
	else if (fit->by == HVC_FIT_CODE)
		hvc_words__add(words, "perhaps %s, by its code: no call shows it", fit->abi);
	else if (fit->differ)
		hvc_words__add(words, "nearest: %s, %u of %u rules differ", fit->abi, fit->differ,
		               fit->rules);
	else
		hvc_words__add(words, "%s %s", fit->proved ? "conforms to" : "may conform to",
		               fit->abi);
	if (fit->by == HVC_FIT_LENT)
		hvc_words__add(words, ", with memory lent");
}

/* What speaks for it, and the command that asks more. */
static void put_reason(const struct hvc_page *page, const struct hvc_scan *scan,
                       const struct hvc_scan_table *table, const char *symbols)
{
	struct hvc_words why = {0}, subject = {0}, command = {0};
	unsigned used = hvc_page__open(page, 2);
	const char *abi = table->fit.abi;

	add_why(&why, table);
	used += hvc_page__print(page, "0x%" PRIx64 "  ", table->candidate.address);
	hvc_page__prose(page, used, 6, "%s", hvc_words__text(&why));
	hvc_words__add(&subject, "%s", scan->path);
	/* A built-in is its own table, and has but one. */
	if (!hvc_builtin__find(scan->path))
		hvc_words__add(&subject, "@0x%" PRIx64, table->candidate.address);
	hvc_words__add(&command, "hvcheck %s ", *abi ? "check" : "map");
	hvc_words__shell(&command, hvc_words__text(&subject));
	if (*abi)
		hvc_words__add(&command, " --abi %s%s", abi,
		               table->fit.by == HVC_FIT_LENT ? " --map-on-demand" : "");
	if (symbols) {
		hvc_words__add(&command, " --symbols ");
		hvc_words__shell(&command, symbols);
	}
	if (!hvc_builtin__find(scan->path) || table == scan->table)
		hvc_page__command(page, 6, hvc_words__text(&command));
	hvc_words__free(&why);
	hvc_words__free(&subject);
	hvc_words__free(&command);
}

static enum hvc_status add_tables(const struct hvc_page *page, const struct hvc_scan *scan,
                                  const char *symbols, struct hvc_diag *diag)
{
	struct hvc_table *table;

	hvc_page__heading(page, "%zu vector table%s%s", scan->candidates,
	                  scan->candidates == 1 ? "" : "s",
	                  scan->tables < scan->candidates ? ", of which the likeliest are told"
	                  : scan->candidates > 1          ? ", the likeliest first"
	                                                  : "");
	if (!scan->tables)
		return HVC_OK;
	hvc_page__gap(page);
	table = hvc_table__new(page, "Table|Score>|Symbol~|Probably~|Fits~");
	for (size_t i = 0; i < scan->tables; i++) {
		const struct hvc_scan_table *row = &scan->table[i];
		struct hvc_words fit = {0};

		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_STRONG, "0x%" PRIx64, row->candidate.address);
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "%d", row->candidate.score);
		hvc_table__cell(table, 2, HVC_INK_PLAIN, "%s", row->symbol ? row->symbol : "-");
		hvc_table__cell(table, 3, HVC_INK_PLAIN, "%s",
		                row->likely.name ? row->likely.name : "-");
		add_fit(&fit, &row->fit);
		hvc_table__take(table, 4,
		                row->fit.abi[0] && !row->fit.differ ? HVC_INK_GOOD : HVC_INK_PLAIN,
		                &fit);
	}
	HVC_TRY(hvc_table__print(table, diag));
	hvc_page__gap(page);
	for (size_t i = 0; i < scan->tables; i++)
		put_reason(page, scan, &scan->table[i], symbols);
	return HVC_OK;
}

static enum hvc_status add_sites(const struct hvc_page *page, const struct hvc_scan *scan,
                                 const struct hvc_registry *registry, struct hvc_diag *diag)
{
	struct hvc_table *table = hvc_table__new(
	        page, "Address|Instruction|Function~|Registers before it~|Known users~");

	hvc_table__cap(table);
	hvc_page__gap(page);
	for (size_t i = 0; i < scan->sites; i++) {
		const struct hvc_site *site = &scan->site[i];
		struct hvc_words instruction = {0}, place = {0}, registers = {0}, users = {0};
		struct hvc_owners owners;

		if (site->data)
			continue;
		hvc_owner__find(registry, site, &owners);
		hvc_site__instruction(&instruction, site);
		hvc_site__place(&place, site);
		hvc_site__registers(&registers, site, 0);
		hvc_owner__say(&owners, &users);
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_PLAIN, "0x%" PRIx64, site->address);
		hvc_table__take(table, 1, HVC_INK_STRONG, &instruction);
		hvc_table__take(table, 2, HVC_INK_PLAIN, &place);
		hvc_table__take(table, 3, HVC_INK_PLAIN, &registers);
		hvc_table__take(table, 4, HVC_INK_FAINT, &users);
	}
	return hvc_table__print(table, diag);
}

static void count(const struct hvc_scan *scan, size_t of[2], size_t *data)
{
	for (size_t i = 0; i < scan->sites; i++) {
		if (scan->site[i].data)
			++*data;
		else
			of[hvc_insn_is_smc(scan->site[i].insn)]++;
	}
}

/* Words that look like call sites, and are none. */
static void put_data(const struct hvc_page *page, const struct hvc_scan *scan, size_t data)
{
	size_t told = 0, most = page->all ? data : HVC_TABLE_CAP;

	if (data)
		hvc_page__heading(page, "%zu word%s that look%s like one, but like data too", data,
		                  data == 1 ? "" : "s", data == 1 ? "s" : "");
	for (size_t i = 0; i < scan->sites && told < most; i++) {
		const struct hvc_site *site = &scan->site[i];

		if (!site->data)
			continue;
		hvc_page__line(page, 2, "0x%" PRIx64 "  %s #0x%x: %s", site->address,
		               hvc_insn_name(site->insn), site->imm, site->data);
		told++;
	}
	if (data > told)
		hvc_page__line(page, 2, "%zu more: --all", data - told);
}

static void put_audit(const struct hvc_page *page, const struct hvc_scan *scan)
{
	hvc_page__heading(page, "A look at the code of EL2: %zu finding%s", scan->audits,
	                  scan->audits == 1 ? "" : "s");
	for (size_t i = 0; i < scan->audits; i++) {
		const struct hvc_audit *audit = &scan->audit[i];

		hvc_page__open(page, 2);
		hvc_page__print(page, "0x%" PRIx64 "  %s", audit->address,
		                hvc_audit__name(audit->kind));
		if (audit->reg)
			hvc_page__print(page, ": %s", audit->reg);
		if (audit->symbol)
			hvc_page__print(page, " in %s+0x%" PRIx64, audit->symbol, audit->offset);
		hvc_page__close(page);
	}
}

enum hvc_status hvc_scan__text(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	const struct hvc_scan_report *report = of;
	const struct hvc_scan *scan = report->scan;
	size_t made[2] = {0}, data = 0;
	char number[HVC_NUMBER_SIZE];

	count(scan, made, &data);
	hvc_page__line(page, 0, "%s: %s, %" PRIu64 " KiB in memory, %s symbols", scan->path,
	               hvc_format__name(scan->format), (scan->size + 1023) / 1024,
	               hvc_words__number(scan->symbols, number));
	HVC_TRY(add_tables(page, scan, report->symbols, diag));
	hvc_page__heading(page, "%zu HVC and %zu SMC instructions", made[0], made[1]);
	if (made[0] || made[1])
		HVC_TRY(add_sites(page, scan, report->registry, diag));
	put_data(page, scan, data);
	if (scan->dropped)
		hvc_page__heading(page, "%" PRIu64 " more are not told", scan->dropped);
	if (scan->audited)
		put_audit(page, scan);
	return HVC_OK;
}
