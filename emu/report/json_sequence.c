/* SPDX-License-Identifier: MIT */
/* JSON of sequences. */
#include "report/json_class.h"
#include "report/new_finding.h"

static void add_step(struct hvc_json *json, const struct hvc_sequences *sequences,
                     const struct hvc_sequence_step *step)
{
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	hvc_json__put(json, "{ instruction immediate from registers{",
	              hvc_insn_name(step->call.insn), step->call.imm,
	              hvc_level_name(step->call.from));
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (step->call.x[n] != plain.x[n])
			hvc_json__hex(json, hvc_reg_name((enum hvc_reg)n), step->call.x[n]);
	if (step->call.nzcv != plain.nzcv)
		hvc_json__hex(json, "nzcv", step->call.nzcv);
	if (step->call.daif != plain.daif)
		hvc_json__hex(json, "daif", step->call.daif);
	hvc_json__put(json, "} rule outcome level pc:x x0:x }",
	              step->rule >= 0 ? hvc_abi_rule_at(sequences->abi, (unsigned)step->rule)->name
	                              : NULL,
	              hvc_outcome_name(step->outcome), hvc_level_name(step->level), step->pc,
	              step->x0);
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

	hvc_json__put(json, "{ name title source unconfirmed world trials broken", property->name,
	              property->title, property->source, property->unconfirmed,
	              sequences->world[row->world].name, row->trials, row->broken);
	if (row->broken) {
		hvc_json__put(json, "failure{ stated", row->failure.stated);
		add_failure(json, sequences, abi, property, &row->failure);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_random(struct hvc_json *json, const struct hvc_sequences *sequences,
                       const char *abi, const struct hvc_sequence_failure *failure)
{
	hvc_json__put(json, "{ world sequences cut_from", sequences->world[failure->world].name,
	              failure->sequences, failure->found);
	add_failure(json, sequences, abi, NULL, failure);
	hvc_json__close(json);
}

enum hvc_status hvc_sequences__json(FILE *out, const void *of, const struct hvc_findings *findings,
                                    struct hvc_diag *diag)
{
	const struct hvc_sequences_report *report = of;
	const struct hvc_sequences *sequences = report->sequences;
	struct hvc_json *json = hvc_json__new("hvcheck-sequence/1");

	hvc_json__put(json, "subject abi holds stated[", sequences->subject,
	              hvc_abi_name(sequences->abi),
	              (bool)(!sequences->broken && !sequences->failures));
	for (unsigned i = 0; i < sequences->properties; i++)
		add_property(json, sequences, report->abi, &sequences->property[i]);
	hvc_json__put(json, "] random{ seed:x sequences calls failed tables[", sequences->seed,
	              sequences->randoms, sequences->calls, sequences->failed);
	for (unsigned i = 0; i < HVC_SEQUENCE_TABLES; i++)
		if (sequences->table[i])
			hvc_json__hex(json, NULL, sequences->table[i]);
	hvc_json__put(json, "] failures[");
	for (unsigned i = 0; i < sequences->failures; i++)
		add_random(json, sequences, report->abi, &sequences->failure[i]);
	hvc_json__put(json, "] }");
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
