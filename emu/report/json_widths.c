/* SPDX-License-Identifier: MIT */
/* The widths of two families as JSON. */
#include "report/new_finding.h"
#include "report/widths.h"

static void add_how(struct hvc_json *json, const char *key, const struct hvc_abi_use *use)
{
	if (use->rule)
		hvc_json__string(json, key, use->how);
	else
		hvc_json__null(json, key);
}

static void add_operations(struct hvc_json *json, const struct hvc_abi_diff *diff)
{
	hvc_json__array(json, "operations");
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_abi_operation *operation = &diff->operation[i];
		struct hvc_words note = {0};

		hvc_widths__agreement(operation, &note);
		hvc_json__put(json, "{ operation", operation->name);
		add_how(json, "how_64", &operation->use[HVC_SIDE_OLD]);
		add_how(json, "how_32", &operation->use[HVC_SIDE_NEW]);
		hvc_json__put(json, "agrees note }", hvc_abi_operation__agrees(operation), &note);
	}
	hvc_json__close(json);
}

enum hvc_status hvc_widths__json(FILE *out, const void *of, const struct hvc_findings *findings,
                                 struct hvc_diag *diag)
{
	return hvc_abi_diff__json(out, ((const struct hvc_widths *)of)->diff, findings, diag);
}

enum hvc_status hvc_width_history__json(FILE *out, const void *of,
                                        const struct hvc_findings *findings, struct hvc_diag *diag)
{
	const struct hvc_width_history *history = of;
	struct hvc_json *json = hvc_json__new("hvcheck-widths/1");

	hvc_json__array(json, "generations");
	for (unsigned i = 0; i < history->pairs; i++) {
		const struct hvc_widths *pair = &history->pair[i];

		hvc_json__put(json, "{ since abi_64 abi_32", pair->since,
		              hvc_abi_name(pair->abi[0]), hvc_abi_name(pair->abi[1]));
		add_operations(json, pair->diff);
		hvc_json__close(json);
	}
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
