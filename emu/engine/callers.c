/* SPDX-License-Identifier: MIT */
#include "engine/callers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Function identifiers below this are small numbers, or of conventions older than SMCCC. */
#define FIRST_IDENTIFIER UINT64_C(0x02000000)

const char *hvc_caller_fit_name(enum hvc_caller_fit fit)
{
	static const char *const names[HVC_CALLER_COUNT] = {"held", "chance", "unknown", "other",
	                                                    "data"};

	return (unsigned)fit < HVC_CALLER_COUNT ? names[fit] : "?";
}

const char *hvc_caller_issue_name(enum hvc_caller_issue_kind kind)
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

unsigned hvc_caller__kind_of(uint64_t value)
{
	if (value < FIRST_IDENTIFIER || value > UINT32_MAX)
		return 0;
	/* Fast or not, and the owner; 32 and 64 bits are one. */
	return 1 + (unsigned)(value >> 24 & 0xbf);
}

const char *hvc_caller__owner_of_imm(const struct hvc_registry *registry, uint16_t imm)
{
	const struct hvc_known *known = hvc_known_find_imm(registry, imm, NULL);

	return known ? known->owner : "";
}

/* Whose it is where one is known alone; of several that of the owning entity. */
const char *hvc_caller__owner_of_fid(const struct hvc_registry *registry, uint64_t value)
{
	const struct hvc_known *known = NULL, *function = NULL, *entity = NULL;
	unsigned functions = 0;

	if (value > UINT32_MAX)
		return "";
	while ((known = hvc_known_find_fid(registry, (uint32_t)value, known)) != NULL) {
		if (known->kind == HVC_KNOWN_ENTITY)
			entity = known;
		else if (functions++ == 0)
			function = known;
	}
	if (functions == 1)
		return function->owner;
	return entity ? entity->owner : functions ? "several owners" : "";
}

bool hvc_caller__answer(struct hvc_caller *caller, const struct hvc_rule *rule, const char *text,
                        bool unknown)
{
	struct hvc_caller_answer *grown;

	for (unsigned i = 0; i < caller->answers; i++) {
		if (!strcmp(caller->answer[i].text, text))
			return true;
	}
	grown = realloc(caller->answer, (caller->answers + 1) * sizeof(*grown));
	if (!grown)
		return false;
	caller->answer = grown;
	grown[caller->answers] = (struct hvc_caller_answer){rule, strdup(text), unknown};
	return grown[caller->answers++].text != NULL;
}

bool hvc_caller__issue(struct hvc_caller *caller, enum hvc_caller_issue_kind kind, enum hvc_reg reg,
                       uint64_t at, const char *format, ...)
{
	struct hvc_caller_issue *grown =
	        realloc(caller->issue, (caller->issues + 1) * sizeof(*grown));
	struct hvc_caller_issue *issue;
	va_list args;

	if (!grown)
		return false;
	caller->issue = grown;
	issue = &grown[caller->issues++];
	*issue = (struct hvc_caller_issue){.kind = kind, .reg = reg, .at = at};
	va_start(args, format);
	vsnprintf(issue->text, sizeof(issue->text), format, args);
	va_end(args);
	return true;
}

/* Was the register set before the first of several calls, and not for those that follow? */
static bool is_carried(const struct hvc_site *site, unsigned n)
{
	const unsigned set = 1u << HVC_VALUE_CONSTANT | 1u << HVC_VALUE_ADDRESS |
	                     1u << HVC_VALUE_LOADED | 1u << HVC_VALUE_COMPUTED |
	                     1u << HVC_VALUE_SYSTEM;

	return site->after.again >> n & 1 && site->x[n].kinds & set;
}

bool hvc_caller__clobbers(struct hvc_caller *caller, uint32_t set)
{
	const struct hvc_after *after = &caller->site->after;
	bool good = true;

	for (unsigned n = 0; n < HVC_GPR_COUNT && good; n++) {
		enum hvc_reg reg = (enum hvc_reg)(HVC_REG_X0 + n);

		if (!(set >> n & 1))
			continue;
		if (after->read >> n & 1)
			good = hvc_caller__issue(caller, HVC_CALLER_CLOBBERED, reg, after->at[n],
			                         "%s is read after the call, at 0x%" PRIx64
			                         ", and the call may change it",
			                         hvc_reg_name(reg), after->at[n]);
		else if (is_carried(caller->site, n))
			good = hvc_caller__issue(caller, HVC_CALLER_CLOBBERED, reg, 0,
			                         "%s is set before the first call of a loop, and "
			                         "the call may change it before the next",
			                         hvc_reg_name(reg));
		else if (n >= 19 && after->returned >> n & 1)
			good = hvc_caller__issue(caller, HVC_CALLER_CLOBBERED, reg, 0,
			                         "%s belongs to the function's caller, and the "
			                         "call may change it",
			                         hvc_reg_name(reg));
	}
	return good;
}

/* A result that is there in vain. */
static bool lost(struct hvc_caller *caller, enum hvc_reg reg)
{
	uint64_t at = caller->site->after.lost_at[reg];

	if (at)
		return hvc_caller__issue(caller, HVC_CALLER_RESULT, reg, at,
		                         "%s, a result of the call, is overwritten at 0x%" PRIx64
		                         " before anybody reads it",
		                         hvc_reg_name(reg), at);
	return hvc_caller__issue(caller, HVC_CALLER_RESULT, reg, 0,
	                         "%s holds a result that nothing looks at", hvc_reg_name(reg));
}

bool hvc_caller__result(struct hvc_caller *caller, enum hvc_reg reg)
{
	const struct hvc_after *after = &caller->site->after;

	if (!after->goes_on || (after->read | after->passed | after->returned) >> reg & 1)
		return true;
	return lost(caller, reg);
}

bool hvc_caller__data(struct hvc_caller *caller, uint32_t data)
{
	const struct hvc_after *after = &caller->site->after;
	bool good = true;

	for (unsigned n = 0; n < HVC_GPR_COUNT && good; n++) {
		bool late = false;

		if (!(data >> n & 1) || after->read >> n & 1 || !after->lost_at[n])
			continue;
		/* Who reads the next ones later had a use for this one. */
		for (unsigned i = n + 1; i < HVC_GPR_COUNT; i++)
			late |= (data & after->read) >> i & 1 && after->at[i] > after->lost_at[n];
		if (late)
			good = lost(caller, (enum hvc_reg)(HVC_REG_X0 + n));
	}
	return good;
}

bool hvc_caller__chance(struct hvc_caller *caller, enum hvc_reg reg)
{
	const struct hvc_value *value = &caller->site->x[reg];
	char text[96];

	hvc_value_print(reg, value, text, sizeof(text));
	return hvc_caller__issue(
	        caller, HVC_CALLER_SELECTOR, reg, value->pointer ? value->pointer_at : value->at,
	        "%s selects the call, and is uninitialised: %s", hvc_reg_name(reg),
	        strchr(text, ':') ? strchr(text, ':') + 2 : text);
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
	while ((known = site->imm ? hvc_known_find_imm(registry, site->imm, known)
	                          : hvc_known_find_fid(registry, (uint32_t)fid, known)) != NULL) {
		if (!known->abi[0] || !strcmp(known->abi, found))
			continue;
		if (found[0])
			return "";
		found = known->abi;
	}
	return found;
}

/* What a site is held to where nothing was named: opened once. */
static enum hvc_status choose(const struct hvc_callers_config *config, struct hvc_callers *callers,
                              struct hvc_diag *diag, struct hvc_caller *caller)
{
	const char *name = registered(config->registry, caller->site);

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
		callers->made[caller->site->insn] += caller->site->through == 0;
		callers->of[caller->fit]++;
		callers->findings += caller->issues;
		for (unsigned n = 0; n < caller->issues; n++)
			callers->finding[caller->issue[n].kind]++;
	}
	qsort(callers->caller, callers->callers, sizeof(*callers->caller), by_address);
	return HVC_OK;
}

enum hvc_status hvc_callers_run(const struct hvc_callers_config *config, struct hvc_diag *diag,
                                struct hvc_callers **out)
{
	struct hvc_caller_bench *bench = NULL;
	struct hvc_callers *callers;
	struct hvc_diag local = {0};
	enum hvc_status status = HVC_OK;

	if (config->abi && !(hvc_abi_levels(config->abi) >> HVC_LEVEL_EL1H & 1))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, hvc_abi_name(config->abi), 0, 0,
		                    "does not speak of calls from EL1");
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
		hvc_callers_free(callers);
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

void hvc_callers_excuse(struct hvc_callers *callers, const struct hvc_callers *other)
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

void hvc_callers_free(struct hvc_callers *callers)
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
