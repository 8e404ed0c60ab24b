/* SPDX-License-Identifier: MIT */
/* JSON of the registry. */
#include "report/json_class.h"

static void add_calls(struct hvc_json *json, const struct hvc_known *known)
{
	hvc_json__array(json, "calls");
	for (unsigned i = 0; i < known->calls; i++)
		hvc_json__put(json, "{ value name }", known->call[i].value, known->call[i].name);
	hvc_json__close(json);
}

/* value: the one asked for, whose name is told; NULL: all of them. */
static void add_row(struct hvc_json *json, const struct hvc_known *known, const uint32_t *value)
{
	static const char *const keys[HVC_KNOWN_KIND_COUNT] = {"immediates", "entities",
	                                                       "functions"};

	hvc_json__put(json, "{ kind", hvc_known_kind__name(known->kind));
	hvc_json__intervals(json, keys[known->kind], known->value, known->values);
	if (known->kind == HVC_KNOWN_FUNCTION) {
		hvc_json__number(json, "mask", known->mask);
		hvc_json__intervals(json, "immediates", known->imm, known->imms);
	}
	hvc_json__put(json, "owner meaning", known->owner, known->meaning);
	if (value)
		hvc_json__put(json, "call:p", hvc_known__call_name(known, *value));
	hvc_json__put(json, "selector:p since:p until:p source unconfirmed", known->selector,
	              known->since, known->until, known->source, known->unconfirmed);
	if (!value)
		add_calls(json, known);
	hvc_json__close(json);
}

static void add_answers(struct hvc_json *json, const struct hvc_registry *registry,
                        const struct hvc_known_query *query)
{
	const struct hvc_known *known = NULL;
	uint32_t value = query->imm;

	while (query->has_imm && (known = hvc_known__find_imm(registry, query->imm, known)) != NULL)
		add_row(json, known, &value);
	known = NULL;
	value = query->fid;
	while (query->has_fid && (known = hvc_known__find_fid(registry, query->fid, known)) != NULL)
		add_row(json, known, &value);
}

enum hvc_status hvc_known__json(FILE *out, const struct hvc_registry *registry,
                                const struct hvc_known_query *query, struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-list/1");
	const struct hvc_known *known;

	if (query->has_imm)
		hvc_json__number(json, "immediate", query->imm);
	if (query->has_fid)
		hvc_json__number(json, "function", query->fid);
	hvc_json__array(json, "known");
	if (query->has_imm || query->has_fid)
		add_answers(json, registry, query);
	else
		for (size_t i = 0; (known = hvc_known__at(registry, i)) != NULL; i++)
			add_row(json, known, NULL);
	hvc_json__close(json);
	return hvc_json__print(json, out, diag);
}
