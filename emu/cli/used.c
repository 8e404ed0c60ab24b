/* SPDX-License-Identifier: MIT */
#include "cli/used.h"

#include <string.h>

#include "abi/overlap.h"
#include "engine/callers.h"

static bool gets(const struct hvc_caller *caller, const char *about)
{
	for (unsigned k = 0; k < caller->answers; k++)
		if (!strcmp(caller->answer[k].text, about))
			return true;
	return false;
}

/* Is the call one of the ABI, by a selector that is known? */
static bool is_certain(const struct hvc_callers *callers, const char *about)
{
	for (size_t i = 0; i < callers->callers; i++)
		if (callers->caller[i].fit == HVC_CALLER_HELD && gets(&callers->caller[i], about))
			return true;
	return false;
}

/* Does any call of the image get the rule of this name, or may it? */
static bool uses(void *ctx, const char *about)
{
	const struct hvc_callers *callers = ctx;

	for (size_t i = 0; i < callers->callers; i++)
		if (callers->caller[i].fit != HVC_CALLER_DATA &&
		    callers->caller[i].fit != HVC_CALLER_OTHER && gets(&callers->caller[i], about))
			return true;
	return false;
}

/* The operations of the ABI that the image calls, in its order. */
static unsigned add_uses(const struct hvc_abi *old, struct hvc_callers *callers, char *text,
                         size_t size)
{
	unsigned count = 0;
	size_t used = 0;

	for (unsigned i = 0; i < hvc_abi_rule_count(old); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(old, i);

		if (!hvc_abi__offers(old, rule) || !uses(callers, rule->name))
			continue;
		if (used < size)
			used += (size_t)snprintf(
			        text + used, size - used, "%s%s%s", count ? ", " : "", rule->name,
			        is_certain(callers, rule->name) ? "" : " (perhaps)");
		count++;
	}
	return count;
}

static enum hvc_status narrow(const struct hvc_abi *old, struct hvc_callers *callers,
                              struct hvc_findings *findings, bool *holds, struct hvc_diag *diag)
{
	char names[1024];

	if (!add_uses(old, callers, names, sizeof names))
		return hvc_diag_set(diag, HVC_E_NOTFOUND, callers->scan->path, 0, 0,
		                    "has no call that is one of '%s'", hvc_abi_name(old));
	HVC_TRY(hvc_findings__keep(findings, uses, callers, callers->scan->path, names, diag));
	*holds = true;
	for (unsigned i = 0; i < findings->count; i++)
		*holds = *holds && !findings->found[i].rule->counts;
	return HVC_OK;
}

enum hvc_status hvc_cli_used__narrow(const struct hvc_options *options, const struct hvc_abi *old,
                                     struct hvc_findings *findings, bool *holds,
                                     struct hvc_diag *diag)
{
	struct hvc_callers_config config = {.abi = old};
	struct hvc_registry *registry = NULL;
	struct hvc_callers *callers = NULL;
	struct hvc_scan *scan = NULL;
	enum hvc_status status;

	if (!options->alsos)
		return HVC_OK;
	if (!old || options->alsos > 1)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--used-by: wants one image, and an ABI of the old side, which "
		                    "says what its calls are (--abi-old)");
	status = hvc_known__open(diag, &registry);
	if (status == HVC_OK)
		status = hvc_scan__file(options->also[0], NULL, diag, &scan);
	config.registry = registry;
	config.scan = scan;
	if (status == HVC_OK)
		status = hvc_callers__run(&config, diag, &callers);
	if (status == HVC_OK)
		status = narrow(old, callers, findings, holds, diag);
	hvc_callers__free(callers);
	hvc_scan__free(scan);
	hvc_known__close(registry);
	return status;
}
