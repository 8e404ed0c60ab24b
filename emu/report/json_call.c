/* SPDX-License-Identifier: MIT */
/* JSON of one call. */
#include "machine/world.h"
#include "report/json_class.h"
#include "report/supplied.h"
#include "subject/subject.h"

static void add_registers(struct hvc_json *json, const char *key, const struct hvc_state *state,
                          const struct hvc_regset *present)
{
	hvc_json__object(json, key);
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		if (hvc_regset_has(present, reg))
			hvc_json__hex(json, hvc_reg_name(reg), state->v[reg]);
	}
	hvc_json__close(json);
}

static void add_place(struct hvc_json *json, const struct hvc_subject *subject, uint64_t address)
{
	const char *symbol;
	uint64_t offset;

	hvc_json__hex(json, "address", address);
	if (!hvc_subject_symbol(subject, address, &symbol, &offset))
		return;
	hvc_json__put(json, "symbol offset", symbol, offset);
}

static void add_trace(struct hvc_json *json, const struct hvc_call_report *report)
{
	const struct hvc_trace_change *change = report->trace->change;
	char text[80];

	hvc_json__array(json, "trace");
	for (size_t i = 0; i < report->trace->steps; i++) {
		const struct hvc_trace_step *step = &report->trace->step[i];

		hvc_disasm__in(step->isa, step->pc, step->word, text, sizeof(text));
		hvc_json__object(json, NULL);
		add_place(json, report->subject, step->pc);
		hvc_json__put(json, "word:x instruction changes{", step->word, text);
		for (unsigned n = 0; n < step->changes; n++, change++)
			hvc_json__hex(json, hvc_reg_name(change->reg), change->value);
		hvc_json__put(json, "} }");
	}
	hvc_json__put(json, "] trace_dropped", report->trace->dropped);
}

enum hvc_status hvc_call__json(FILE *out, const struct hvc_call_report *report,
                               struct hvc_diag *diag)
{
	const struct hvc_outcome *outcome = report->outcome;
	const struct hvc_stop *boundary;
	struct hvc_json *json = hvc_json__new("hvcheck-run/1");

	hvc_json__put(json, "subject cpu call{ instruction immediate from }",
	              hvc_subject_name(report->subject), hvc_cpu_name(report->world->cpu),
	              hvc_insn_name(report->call->insn), report->call->imm,
	              hvc_level_name(report->call->from));
	hvc_json__outcome(json, outcome, report->entry, report->present);
	hvc_json__put(json, "instructions end{", outcome->instructions);
	add_place(json, report->subject, outcome->pc);
	boundary = hvc_world__find_stop(report->world, outcome->pc);
	hvc_json__put(json, "boundary? }",
	              outcome->kind == HVC_OUTCOME_HANDOFF && boundary ? boundary->name : NULL);
	hvc_json__stores(json, "stored", outcome);
	if (report->abi) {
		const struct hvc_abi_world *in =
		        report->world_index < 0
		                ? NULL
		                : hvc_abi_world_at(report->abi, (unsigned)report->world_index);

		hvc_json__put(json, "judged{ abi world", hvc_abi_name(report->abi),
		              in ? in->world.name : NULL);
		hvc_json__verdict(json, report->abi, &report->verdict);
		hvc_json__cause(json, &report->cause);
		hvc_json__close(json);
	}
	add_registers(json, "before", report->entry, report->present);
	add_registers(json, "after", &outcome->state, report->present);
	if (report->supplied)
		hvc_supplied__json(json, "invented", report->world, report->supplied);
	if (report->trace)
		add_trace(json, report);
	return hvc_json__print(json, out, diag);
}
