/* SPDX-License-Identifier: MIT */
/* The call sites of an image, one after the other, held to rules, to code, or to the registry. */
#include "engine/callers.h"
#include "abi/abi.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *hvc_caller_fit__name(enum hvc_caller_fit fit)
{
	static const char *const names[HVC_CALLER_COUNT] = {"held", "chance", "unknown", "other",
	                                                    "data"};

	return (unsigned)fit < HVC_CALLER_COUNT ? names[fit] : "?";
}

const char *hvc_caller_issue__name(enum hvc_caller_issue_kind kind)
{
	static const char *const names[HVC_CALLER_ISSUE_COUNT] = {
	        [HVC_CALLER_SELECTOR] = "selector never set",
	        [HVC_CALLER_NO_CALL] = "unknown call",
	        [HVC_CALLER_RESULT] = "result never read",
	        [HVC_CALLER_CLOBBERED] = "clobbered register live",
	        [HVC_CALLER_CONDUIT] = "wrong conduit",
	        [HVC_CALLER_WIDENED] = "widened wrongly",
	};

	return (unsigned)kind < HVC_CALLER_ISSUE_COUNT ? names[kind] : "?";
}

static bool matches(const struct hvc_site_filter *filter, const struct hvc_site *site)
{
	if (filter->by_address)
		return site->address == filter->address ||
		       (!site->data && site->has_function && site->function == filter->address);
	if (filter->by_imm)
		return site->imm == filter->imm;
	return site->symbol && filter->function && !strcmp(site->symbol, filter->function);
}

/* The sites of a scan: instructions, then calls of functions that make one. */
static const struct hvc_site *site_at(const struct hvc_scan *scan, size_t i)
{
	return i < scan->sites ? &scan->site[i] : &scan->call[i - scan->sites];
}

/* Every filter must find something: a slip of the pen is not a clean bill. */
static enum hvc_status check_filters(const struct hvc_callers_config *config, struct hvc_diag *diag)
{
	const struct hvc_scan *scan = config->scan;

	for (unsigned i = 0; i < config->filters; i++) {
		const struct hvc_site_filter *filter = &config->filter[i];
		bool found = false;

		for (size_t n = 0; n < scan->sites + scan->calls && !found; n++)
			found = matches(filter, site_at(scan, n));
		if (found)
			continue;
		if (filter->by_imm)
			return hvc_diag_set(diag, HVC_E_NOTFOUND, scan->path, 0, 0,
			                    "no HVC or SMC has immediate 0x%x", filter->imm);
		if (filter->by_address)
			return hvc_diag_set(diag, HVC_E_NOTFOUND, scan->path, 0, 0,
			                    "no HVC or SMC at 0x%" PRIx64
			                    ", nor in a function that begins there",
			                    filter->address);
		return hvc_diag_set(diag, HVC_E_NOTFOUND, scan->path, 0, 0,
		                    "no HVC or SMC in a function named '%s'", filter->function);
	}
	return HVC_OK;
}

static bool wanted(const struct hvc_callers_config *config, const struct hvc_site *site)
{
	for (unsigned i = 0; i < config->filters; i++) {
		if (matches(&config->filter[i], site))
			return true;
	}
	return !config->filters;
}

/* The ABI of the registry's only row that has one for the site's immediate or identifier. */
static const char *registered(const struct hvc_registry *registry, const struct hvc_site *site)
{
	const struct hvc_value *x0 = &site->x[0];
	const struct hvc_known *known = NULL;
	const char *found = "";
	uint64_t fid = x0->kind == HVC_VALUE_CONSTANT
	                       ? hvc_caller__identifier(registry, x0->constant[0])
	                       : UINT64_MAX;

	if (!site->imm && fid > UINT32_MAX)
		return "";
	while ((known = site->imm ? hvc_known__find_imm(registry, site->imm, known)
	                          : hvc_known__find_fid(registry, (uint32_t)fid, known)) != NULL) {
		if (!known->abi[0] || !strcmp(known->abi, found))
			continue;
		if (found[0])
			return "";
		found = known->abi;
	}
	return found;
}

/*
 * What an ABI of the registry, which are of 64 bits, is called where it speaks of A32 and T32 code:
 * as its file or its family with "-arm32" behind it; "": there is none.
 */
static const char *of_32_bits(const char *name)
{
	size_t length = strlen(name), family = strcspn(name, "-");
	const char *shipped, *text;
	size_t size;

	for (size_t i = 0; hvc_abi_shipped_at(i, &shipped, &text, &size); i++)
		if ((!strncmp(shipped, name, length) && !strcmp(shipped + length, "-arm32")) ||
		    (!strncmp(shipped, name, family) && !strcmp(shipped + family, "-arm32")))
			return shipped;
	return "";
}

/* What a site is held to where nothing was named: opened once. */
static enum hvc_status choose(const struct hvc_callers_config *config, struct hvc_callers *callers,
                              struct hvc_diag *diag, struct hvc_caller *caller)
{
	const char *name = registered(config->registry, caller->site);

	if (config->scan->aarch32)
		name = of_32_bits(name);
	for (unsigned i = 0; i < callers->abis && name[0]; i++) {
		if (strcmp(hvc_abi_name(callers->abi[i]), name) != 0)
			continue;
		caller->abi = callers->abi[i];
		return HVC_OK;
	}
	if (!name[0] || callers->abis == HVC_CALLERS_ABIS_MAX)
		return HVC_OK;
	HVC_TRY(hvc_abi_open(name, diag, &callers->abi[callers->abis]));
	caller->abi = callers->abi[callers->abis++];
	return HVC_OK;
}

static enum hvc_status hold(const struct hvc_callers_config *config, struct hvc_caller_bench *bench,
                            struct hvc_diag *diag, struct hvc_callers *callers,
                            struct hvc_caller *caller)
{
	const struct hvc_site *site = caller->site;

	caller->owner = "";
	caller->fit = site->data ? HVC_CALLER_DATA : HVC_CALLER_UNKNOWN;
	if (site->data || !site->analysed)
		return HVC_OK;
	if (bench)
		return hvc_caller__hold_to_rows(bench, config->filters, caller);
	caller->abi = config->abi;
	if (!config->abi)
		HVC_TRY(choose(config, callers, diag, caller));
	if (!caller->abi) {
		caller->fit = HVC_CALLER_OTHER;
		caller->owner =
		        site->imm ? hvc_caller__owner_of_imm(config->registry, site->imm)
		        : site->x[0].kind == HVC_VALUE_CONSTANT
		                ? hvc_caller__owner_of_fid(config->registry, site->x[0].constant[0])
		                : "";
		return HVC_OK;
	}
	return hvc_caller__hold_to_rules(config, config->filters, !config->abi, caller);
}

static int by_address(const void *a, const void *b)
{
	const struct hvc_site *s = ((const struct hvc_caller *)a)->site,
	                      *t = ((const struct hvc_caller *)b)->site;

	if (s->address != t->address)
		return s->address < t->address ? -1 : 1;
	return (s->through > t->through) - (s->through < t->through);
}

static enum hvc_status run(const struct hvc_callers_config *config, struct hvc_caller_bench *bench,
                           struct hvc_diag *diag, struct hvc_callers *callers)
{
	size_t sites = config->scan->sites + config->scan->calls;

	callers->caller = calloc(sites + 1, sizeof(*callers->caller));
	if (!callers->caller)
		return HVC_E_NOMEM;
	for (size_t i = 0; i < sites; i++) {
		struct hvc_caller *caller = &callers->caller[callers->callers];

		caller->site = site_at(config->scan, i);
		if (!wanted(config, caller->site))
			continue;
		callers->callers++;
		HVC_TRY(hold(config, bench, diag, callers, caller));
		callers->calls += caller->site->through != 0;
		callers->made[hvc_insn_is_smc(caller->site->insn)] += caller->site->through == 0;
		callers->of[caller->fit]++;
		callers->findings += caller->issues;
		for (unsigned n = 0; n < caller->issues; n++)
			callers->finding[caller->issue[n].kind]++;
	}
	qsort(callers->caller, callers->callers, sizeof(*callers->caller), by_address);
	return HVC_OK;
}

enum hvc_status hvc_callers__run(const struct hvc_callers_config *config, struct hvc_diag *diag,
                                 struct hvc_callers **out)
{
	struct hvc_caller_bench *bench = NULL;
	struct hvc_callers *callers;
	struct hvc_diag local = {0};
	enum hvc_status status = HVC_OK;

	enum hvc_level from = config->scan->aarch32 ? HVC_LEVEL_EL1_SVC : HVC_LEVEL_EL1H;

	if (config->abi && !(hvc_abi__levels(config->abi) >> from & 1))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, hvc_abi_name(config->abi), 0, 0,
		                    "does not speak of calls from EL1%s",
		                    config->scan->aarch32 ? " in AArch32 state" : "");
	if (config->subject && hvc_subject_image(config->subject)->aarch32 != config->scan->aarch32)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, hvc_subject_name(config->subject), 0,
		                    0, "its code and that of its callers are not of one width");
	HVC_TRY(check_filters(config, diag));
	callers = calloc(1, sizeof(*callers));
	if (!callers)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	callers->scan = config->scan;
	if (config->subject)
		status = hvc_caller__open_bench(config, &local, &bench);
	if (status == HVC_OK)
		status = run(config, bench, &local, callers);
	hvc_caller__close_bench(bench);
	if (status != HVC_OK) {
		hvc_callers__free(callers);
		return hvc_diag_set(diag, status, local.file, 0, 0, "%s",
		                    local.message[0] ? local.message : hvc_strerror(status));
	}
	*out = callers;
	return HVC_OK;
}

/* Is the site a call that this ABI knows, all that it may be? */
static bool knows(const struct hvc_caller *caller)
{
	for (unsigned i = 0; i < caller->answers; i++) {
		if (caller->answer[i].unknown)
			return false;
	}
	return caller->fit == HVC_CALLER_HELD && caller->answers;
}

void hvc_callers__excuse(struct hvc_callers *callers, const struct hvc_callers *other)
{
	for (size_t i = 0; i < callers->callers && i < other->callers; i++) {
		struct hvc_caller *caller = &callers->caller[i];
		unsigned kept = 0;

		if (other->caller[i].site != caller->site || !knows(&other->caller[i]))
			continue;
		for (unsigned n = 0; n < caller->issues; n++) {
			if (caller->issue[n].kind != HVC_CALLER_NO_CALL)
				caller->issue[kept++] = caller->issue[n];
		}
		if (kept == caller->issues)
			continue;
		callers->findings -= caller->issues - kept;
		callers->finding[HVC_CALLER_NO_CALL] -= caller->issues - kept;
		caller->issues = kept;
		callers->of[caller->fit]--;
		caller->fit = HVC_CALLER_OTHER;
		caller->owner = "another ABI that was named";
		callers->of[caller->fit]++;
	}
}

void hvc_callers__free(struct hvc_callers *callers)
{
	if (!callers)
		return;
	for (size_t i = 0; callers->caller && i < callers->callers; i++) {
		struct hvc_caller *caller = &callers->caller[i];

		for (unsigned n = 0; n < caller->answers; n++)
			free(caller->answer[n].text);
		free(caller->answer);
		free(caller->issue);
	}
	for (unsigned i = 0; i < callers->abis; i++)
		hvc_abi_free(callers->abi[i]);
	free(callers->caller);
	free(callers);
}
