/* SPDX-License-Identifier: MIT */
/* JSON of sequences. */
#include "report/json_class.h"
#include "report/new_finding.h"

static void add_step(struct hvc_json *json, const struct hvc_sequences *sequences,
                     const struct hvc_sequence_step *step)
{
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	hvc_json__object(json, NULL);
	hvc_json__string(json, "instruction", hvc_insn_name(step->call.insn));
	hvc_json__number(json, "immediate", step->call.imm);
	hvc_json__string(json, "from", hvc_level_name(step->call.from));
	hvc_json__object(json, "registers");
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (step->call.x[n] != plain.x[n])
			hvc_json__hex(json, hvc_reg_name((enum hvc_reg)n), step->call.x[n]);
	if (step->call.nzcv != plain.nzcv)
		hvc_json__hex(json, "nzcv", step->call.nzcv);
	if (step->call.daif != plain.daif)
		hvc_json__hex(json, "daif", step->call.daif);
	hvc_json__close(json);
	if (step->rule >= 0)
		hvc_json__string(json, "rule",
		                 hvc_abi_rule_at(sequences->abi, (unsigned)step->rule)->name);
	else
		hvc_json__null(json, "rule");
	hvc_json__string(json, "outcome", hvc_outcome_name(step->outcome));
	hvc_json__string(json, "level", hvc_level_name(step->level));
	hvc_json__hex(json, "pc", step->pc);
	hvc_json__hex(json, "x0", step->x0);
	hvc_json__close(json);
}

static void add_failure(struct hvc_json *json, const struct hvc_sequences *sequences,
                        const char *abi, const struct hvc_property *property,
                        const struct hvc_sequence_failure *failure)
{
	char text[HVC_COMMAND_SIZE];

	hvc_sequence__print(sequences, property, failure, text, sizeof(text));
	hvc_json__string(json, "summary", text);
	hvc_json__verdict(json, sequences->abi, &failure->verdict);
	hvc_json__array(json, "calls");
	for (unsigned i = 0; i < failure->steps; i++)
		add_step(json, sequences, &failure->step[i]);
	hvc_json__close(json);
	hvc_sequence__command(sequences, abi, failure, property ? 0 : 1, text, sizeof(text));
	hvc_json__string(json, "command", text);
}

static void add_property(struct hvc_json *json, const struct hvc_sequences *sequences,
                         const char *abi, const struct hvc_sequence_property *row)
{
	const struct hvc_property *property = hvc_abi_property__at(sequences->abi, row->property);

	hvc_json__object(json, NULL);
	hvc_json__string(json, "name", property->name);
	hvc_json__string(json, "title", property->title);
	hvc_json__string(json, "source", property->source);
	hvc_json__boolean(json, "unconfirmed", property->unconfirmed);
	hvc_json__string(json, "world", sequences->world[row->world].name);
	hvc_json__number(json, "trials", row->trials);
	hvc_json__boolean(json, "broken", row->broken);
	if (row->broken) {
		hvc_json__object(json, "failure");
		hvc_json__boolean(json, "stated", row->failure.stated);
		add_failure(json, sequences, abi, property, &row->failure);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_random(struct hvc_json *json, const struct hvc_sequences *sequences,
                       const char *abi, const struct hvc_sequence_failure *failure)
{
	hvc_json__object(json, NULL);
	hvc_json__string(json, "world", sequences->world[failure->world].name);
	hvc_json__number(json, "sequences", failure->sequences);
	hvc_json__number(json, "cut_from", failure->found);
	add_failure(json, sequences, abi, NULL, failure);
	hvc_json__close(json);
}

enum hvc_status hvc_sequences__json(FILE *out, const struct hvc_sequences *sequences,
                                    const char *abi, const struct hvc_findings *findings,
                                    struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-sequence/1");

	hvc_json__string(json, "subject", sequences->subject);
	hvc_json__string(json, "abi", hvc_abi_name(sequences->abi));
	hvc_json__boolean(json, "holds", !sequences->broken && !sequences->failures);
	hvc_json__array(json, "stated");
	for (unsigned i = 0; i < sequences->properties; i++)
		add_property(json, sequences, abi, &sequences->property[i]);
	hvc_json__close(json);
	hvc_json__object(json, "random");
	hvc_json__hex(json, "seed", sequences->seed);
	hvc_json__number(json, "sequences", sequences->randoms);
	hvc_json__number(json, "calls", sequences->calls);
	hvc_json__number(json, "failed", sequences->failed);
	hvc_json__array(json, "tables");
	for (unsigned i = 0; i < HVC_SEQUENCE_TABLES; i++)
		if (sequences->table[i])
			hvc_json__hex(json, NULL, sequences->table[i]);
	hvc_json__close(json);
	hvc_json__array(json, "failures");
	for (unsigned i = 0; i < sequences->failures; i++)
		add_random(json, sequences, abi, &sequences->failure[i]);
	hvc_json__close(json);
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
