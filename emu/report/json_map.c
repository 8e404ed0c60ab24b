/* SPDX-License-Identifier: MIT */
/* JSON of a map. */
#include <stdlib.h>

#include "report/contract_words.h"
#include "report/exact.h"
#include "report/json_class.h"
#include "report/supplied.h"
#include "report/tree.h"

#define TEXT 4096u

static void add_callers(struct hvc_json *json, const struct hvc_exact *exact,
                        const struct hvc_exact_part *part)
{
	hvc_json__array(json, "callers");
	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_exact_part *other = &exact->part[i];

		if (other != part && other->same != part)
			continue;
		hvc_json__put(json, "{ instruction from }", hvc_insn_name(other->insn),
		              hvc_level_name(other->from));
	}
	hvc_json__close(json);
}

static void add_value(struct hvc_json *json, const struct hvc_exact *exact, const char *key,
                      hvc_ref value)
{
	char text[TEXT];

	hvc_exact__print_value(exact, value, text, sizeof text);
	hvc_json__string(json, key, text);
}

static void add_results(struct hvc_json *json, const struct hvc_exact *exact,
                        const struct hvc_row *row)
{
	char text[80];

	hvc_json__object(json, "results");
	for (unsigned i = 0; i < row->effects; i++)
		add_value(json, exact, row->effect[i].name, row->effect[i].value);
	hvc_json__close(json);
	for (unsigned i = 0; i < row->effects; i++)
		if (hvc_row_effect__syndrome(&row->effect[i], text, sizeof text))
			hvc_json__string(json, "syndrome", text);
	hvc_json__array(json, "stores");
	for (unsigned i = 0; i < row->stores; i++) {
		hvc_json__object(json, NULL);
		add_value(json, exact, "address", row->store[i].address);
		add_value(json, exact, "value", row->store[i].value);
		hvc_json__put(json, "size own:b }", row->store[i].size, row->store[i].own);
	}
	hvc_json__close(json);
}

static void add_place(struct hvc_json *json, uint64_t address, const char *symbol, uint64_t offset)
{
	hvc_json__hex(json, "address", address);
	if (symbol)
		hvc_json__put(json, "symbol offset:x", symbol, offset);
}

static void add_decisions(struct hvc_json *json, const struct hvc_exact *exact,
                          const struct hvc_exact_part *part, const struct hvc_row *row)
{
	/* One a path, at most. */
	struct hvc_exact_decision *decision = calloc(row->paths + 1, sizeof *decision);
	unsigned count =
	        decision ? hvc_exact__decisions(exact, part, row, decision, row->paths) : 0;

	if (!decision)
		hvc_json__fail(json);
	hvc_json__array(json, "decisions");
	for (unsigned i = 0; i < count; i++) {
		hvc_json__object(json, NULL);
		add_place(json, decision[i].address, decision[i].symbol, decision[i].offset);
		hvc_json__put(json, "instruction }", decision[i].text);
	}
	hvc_json__close(json);
	free(decision);
}

static void add_end(struct hvc_json *json, const struct hvc_exact *exact, const struct hvc_row *row)
{
	hvc_json__put(json, "outcome level", hvc_outcome_name(row->kind),
	              hvc_level_name(row->level));
	if (hvc_exact__to_vector(exact, row))
		hvc_json__string(json, "pc", "vector");
	else if (row->target)
		add_value(json, exact, "pc", row->target);
	if (row->symbol)
		hvc_json__put(json, "symbol offset:x", row->symbol, row->offset);
	hvc_json__hex(json, "at", row->pc);
	if (row->kind == HVC_OUTCOME_FAULT && !row->why)
		hvc_json__hex(json, "ec", row->ec);
	if (row->far)
		add_value(json, exact, "far", row->far);
}

static void add_immediates(struct hvc_json *json, const struct hvc_exact *exact,
                           const struct hvc_row *row)
{
	bool *meets = malloc(HVC_IMM_COUNT * sizeof *meets);
	struct hvc_interval *imm = calloc(HVC_IMM_COUNT / 2 + 1, sizeof *imm);
	unsigned count = 0;

	if (!meets || !imm || !hvc_exact__immediates(exact, row, meets))
		hvc_json__fail(json);
	else
		for (unsigned i = 0; i < HVC_IMM_COUNT; i++) {
			if (meets[i] && (!i || !meets[i - 1]))
				imm[count++].lo = i;
			if (meets[i])
				imm[count - 1].hi = i;
		}
	hvc_json__intervals(json, "immediates", imm, imm ? count : 0);
	free(meets);
	free(imm);
}

static void add_row(struct hvc_json *json, const struct hvc_exact *exact,
                    const struct hvc_exact_part *part, const struct hvc_row *row)
{
	const struct hvc_probe probe = {.call = row->witness, .reg = HVC_REG_NONE};
	char text[TEXT];

	hvc_json__object(json, NULL);
	add_callers(json, exact, part);
	hvc_exact__print_condition(exact, row, text, sizeof text);
	hvc_json__string(json, "condition", text);
	add_immediates(json, exact, row);
	add_end(json, exact, row);
	add_results(json, exact, row);
	hvc_json__put(json, "known why? paths", hvc_row_known_name(row->known), row->why,
	              row->paths);
	add_decisions(json, exact, part, row);
	hvc_json__witness(json, "witness", hvc_subject_name(exact->subject), &exact->world, &probe,
	                  row->witness.imm);
	hvc_json__close(json);
}

static void add_account(struct hvc_json *json, const struct hvc_exact *exact)
{
	unsigned taken = HVC_IMM_COUNT, classified = exact->parts ? HVC_IMM_COUNT : 0;
	unsigned paths = 0, confirmed = 0;

	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_exact_part *part = &exact->part[i];

		paths += part->symbolic->paths;
		confirmed += part->confirmed;
		taken = part->taken < taken ? part->taken : taken;
		if (part->proof.total != HVC_ANSWER_YES)
			classified = 0;
	}
	hvc_json__put(json, "account{ space classified taken paths confirmed swept? }",
	              HVC_IMM_COUNT, classified, exact->parts ? taken : 0, paths, confirmed,
	              exact->swept);
}

static void add_told(void *ctx, const char *text)
{
	hvc_json__string(ctx, NULL, text);
}

/* What the classes rest on besides the image. */
static void add_assumed(struct hvc_json *json, const struct hvc_exact *exact)
{
	hvc_json__array(json, "read");
	hvc_exact__reads(exact, add_told, json);
	hvc_json__put(json, "] fixed[");
	hvc_exact__fixed(exact, add_told, json);
	hvc_json__put(json, "] pointers[");
	hvc_exact__pointers(exact, add_told, json);
	hvc_json__put(json, "] apart[");
	hvc_exact__apart(exact, add_told, json);
	hvc_json__close(json);
}

enum hvc_status hvc_exact__json(FILE *out, const struct hvc_exact *exact,
                                const struct hvc_contract *contract, bool tree,
                                struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-map/2");
	struct hvc_words why = {0};
	bool complete = hvc_exact__completeness(exact, &why);

	hvc_json__put(json, "subject cpu complete", hvc_subject_name(exact->subject),
	              hvc_cpu_name(exact->world.cpu), complete);
	if (complete)
		hvc_words__free(&why);
	else
		hvc_json__words(json, "why", &why);
	add_account(json, exact);
	if (exact->failed)
		hvc_json__put(json, "failed{ calls example }", exact->failed, exact->failure);
	add_assumed(json, exact);
	hvc_stops__json(json, &exact->world);
	hvc_json__array(json, "classes");
	for (unsigned i = 0; i < exact->parts; i++)
		for (unsigned j = 0; !exact->part[i].same && j < exact->part[i].rows; j++)
			add_row(json, exact, &exact->part[i], &exact->part[i].row[j]);
	hvc_json__close(json);
	if (tree)
		hvc_tree__json(json, exact);
	hvc_json__contract(json, contract, hvc_subject_name(exact->subject));
	return hvc_json__print(json, out, diag);
}
