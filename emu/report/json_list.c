/* SPDX-License-Identifier: MIT */
/* JSON of subjects and ABIs. */
#include "report/json.h"

static void add_subjects(struct hvc_json *json)
{
	const struct hvc_builtin *builtin;

	hvc_json__array(json, "subjects");
	for (size_t i = 0; (builtin = hvc_builtin_at(i)) != NULL; i++)
		hvc_json__put(json, "{ name family title }", builtin->name, builtin->family,
		              builtin->title);
	hvc_json__close(json);
}

static enum hvc_status add_abis(struct hvc_json *json, struct hvc_diag *diag)
{
	const char *name, *text;
	struct hvc_abi *abi;
	size_t size;

	hvc_json__array(json, "abis");
	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++) {
		HVC_TRY(hvc_abi_open(name, diag, &abi));
		hvc_json__put(json, "{ name title source rules }", name, hvc_abi_title(abi),
		              hvc_abi_source(abi), hvc_abi_rule_count(abi));
		hvc_abi_free(abi);
	}
	hvc_json__close(json);
	return HVC_OK;
}

enum hvc_status hvc_list__json(FILE *out, bool subjects, bool abis, struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-list/1");
	enum hvc_status status = HVC_OK;

	if (subjects)
		add_subjects(json);
	if (abis)
		status = add_abis(json, diag);
	if (status != HVC_OK) {
		hvc_json__drop(json);
		return status;
	}
	return hvc_json__print(json, out, diag);
}
