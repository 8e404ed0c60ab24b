/* SPDX-License-Identifier: MIT */
/* Text of one call. */
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "base/number.h"
#include "engine/call.h"
#include "engine/internal.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "report/supplied.h"
#include "subject/subject.h"

#define LABEL     14   /* columns for what a line is about */
#define STEPS_MAX 200u /* instructions that a page shows */

static void put_line(const struct hvc_page *page, const char *label, enum hvc_ink ink,
                     const char *format, ...) HVC_PRINTF(4, 5);

static void put_line(const struct hvc_page *page, const char *label, enum hvc_ink ink,
                     const char *format, ...)
{
	va_list args;

	hvc_page__print(page, "  %-*s", LABEL, label);
	va_start(args, format);
	hvc_page__vprose(page, LABEL + 2, LABEL + 2, ink, format, &args);
	va_end(args);
}

static void put_trace_row(struct hvc_table *table, const struct hvc_call_report *report,
                          const struct hvc_trace_step *step, const struct hvc_trace_change *change)
{
	struct hvc_words place = {0}, changes = {0};
	char text[80], number[HVC_U64_SIZE];

	hvc_words__place(&place, report->subject, step->pc);
	hvc_disasm__in(step->isa, step->pc, step->word, text, sizeof(text));
	for (unsigned i = 0; i < step->changes; i++)
		hvc_words__add(&changes, "%s%s = %s", i ? ", " : "", hvc_reg_name(change[i].reg),
		               hvc_u64_print(change[i].value, number));
	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_PLAIN, "0x%" PRIx64, step->pc);
	hvc_table__take(table, 1, HVC_INK_PLAIN, &place);
	hvc_table__cell(table, 2, HVC_INK_FAINT, "%08" PRIx32, step->word);
	hvc_table__cell(table, 3, HVC_INK_PLAIN, "%s", text);
	hvc_table__take(table, 4, HVC_INK_STRONG, &changes);
}

/* The caller's own instruction, where it is not one of those that EL2's code is made of. */
static void put_caller_row(struct hvc_table *table, const struct hvc_call *call)
{
	uint32_t word = hvc_call__word(call);
	char text[80];

	if (!hvc_level_is_aarch32(call->from))
		return;
	hvc_disasm__aarch32(hvc_call__address(call), word, hvc_insn_is_t32(call->insn), text,
	                    sizeof(text));
	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_PLAIN, "0x%" PRIx64, hvc_call__address(call));
	hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s, %s", hvc_level_name(call->from),
	                hvc_insn_is_t32(call->insn) ? "T32" : "A32");
	hvc_table__cell(table, 2, HVC_INK_FAINT, "%08" PRIx32, word);
	hvc_table__cell(table, 3, HVC_INK_PLAIN, "%s", text);
}

enum hvc_status hvc_trace__table(const struct hvc_page *page, const struct hvc_call_report *report,
                                 struct hvc_diag *diag)
{
	const struct hvc_trace *trace = report->trace;
	const struct hvc_trace_change *change = trace->change;
	bool cut = page->markup != HVC_MARKUP_NONE && trace->steps > STEPS_MAX;
	size_t steps = cut ? STEPS_MAX : trace->steps;
	char number[HVC_NUMBER_SIZE];
	struct hvc_table *table;

	if (!trace->steps) {
		hvc_page__line(page, 0, "No instruction was executed at EL2.");
		hvc_page__gap(page);
		return HVC_OK;
	}
	table = hvc_table__new(page, "Address>|Where|Word|Instruction|Changes~");
	put_caller_row(table, report->call);
	for (size_t i = 0; i < steps; i++) {
		put_trace_row(table, report, &trace->step[i], change);
		change += trace->step[i].changes;
	}
	HVC_TRY(hvc_table__print(table, diag));
	if (trace->steps - steps + trace->dropped)
		hvc_page__line(page, 2, "... and %s more",
		               hvc_words__number(trace->steps - steps + trace->dropped, number));
	fputc('\n', page->out);
	return HVC_OK;
}

static void put_end(const struct hvc_page *page, const struct hvc_call_report *report)
{
	const struct hvc_outcome *outcome = report->outcome;
	const struct hvc_stop *boundary;
	struct hvc_outcome end = *outcome;
	char text[200];
	struct hvc_words place = {0};
	char number[HVC_NUMBER_SIZE];

	/* Registers and stores have tables of their own. */
	end.stores = end.untracked = 0;
	end.state = *report->entry;
	hvc_outcome__print(&end, report->entry, report->present, text, sizeof(text));
	put_line(page, "outcome", HVC_INK_STRONG, "%s", text);
	if (outcome->pc == hvc_call__address(report->call) + 4)
		hvc_words__add(&place, "the instruction after the call");
	else if (outcome->pc == hvc_call__address(report->call))
		hvc_words__add(&place, "the call itself");
	else
		hvc_words__place(&place, report->subject, outcome->pc);
	put_line(page, "ended", HVC_INK_PLAIN, "at %s, 0x%" PRIx64 "%s%s%s",
	         hvc_level_name(outcome->level), outcome->pc, place.length ? " (" : "",
	         hvc_words__text(&place), place.length ? ")" : "");
	hvc_words__free(&place);
	boundary = hvc_world__find_stop(report->world, outcome->pc);
	if (outcome->kind == HVC_OUTCOME_HANDOFF && boundary)
		put_line(page, "boundary", HVC_INK_STRONG, "%s", boundary->name);
	if (outcome->esr) {
		hvc_syndrome__print(outcome->esr, text, sizeof(text));
		put_line(page, "syndrome", HVC_INK_PLAIN, "0x%" PRIx64 ": %s", outcome->esr, text);
	}
	if (outcome->far)
		put_line(page, "fault on", HVC_INK_PLAIN, "0x%" PRIx64, outcome->far);
	put_line(page, "executed", HVC_INK_PLAIN, "%s instruction%s at EL2",
	         hvc_words__number(outcome->instructions, number),
	         outcome->instructions == 1 ? "" : "s");
	if (outcome->untracked)
		put_line(page, "also wrote", HVC_INK_PLAIN, "%u other system register%s",
		         outcome->untracked, outcome->untracked == 1 ? "" : "s");
}

/* What is not as in a world of the ABI; how much it is. */
static unsigned put_apart(struct hvc_words *words, const struct hvc_world *is,
                          const struct hvc_world *stated)
{
	unsigned apart = 0;
	char number[HVC_U64_SIZE];

	if (is->cpu != stated->cpu && ++apart)
		hvc_words__add(words, ", cpu %s", hvc_cpu_name(stated->cpu));
	if (is->el3 != stated->el3 && ++apart)
		hvc_words__add(words, ", el3: %s", stated->el3 ? "true" : "false");
	if (is->upper_zero != stated->upper_zero && ++apart)
		hvc_words__add(words, ", upper: %s", stated->upper_zero ? "zero" : "dirty");
	for (enum hvc_reg reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++)
		if (is->state.v[reg] != stated->state.v[reg] && ++apart)
			hvc_words__add(words, ", %s = %s", hvc_reg_name(reg),
			               hvc_u64_print(stated->state.v[reg], number));
	return apart;
}

/* Which world of the ABI it is; of none, what the nearest has instead. */
static void put_world(const struct hvc_page *page, const struct hvc_call_report *report)
{
	const struct hvc_abi *abi = report->abi;
	struct hvc_words words = {0};
	unsigned nearest = 0, least = UINT_MAX;

	if (report->world_index >= 0) {
		put_line(page, "world", HVC_INK_PLAIN, "%s of %s",
		         hvc_abi_world_at(abi, (unsigned)report->world_index)->world.name,
		         hvc_abi_name(abi));
		return;
	}
	for (unsigned i = 0; i < hvc_abi_world_count(abi); i++) {
		unsigned apart = put_apart(&words, report->world, &hvc_abi_world_at(abi, i)->world);

		hvc_words__free(&words);
		nearest = apart < least ? i : nearest;
		least = apart < least ? apart : least;
	}
	(void)put_apart(&words, report->world, &hvc_abi_world_at(abi, nearest)->world);
	put_line(page, "world", HVC_INK_WARN,
	         "that of the command line, none of %s; the nearest, %s, has%s (--world %s)",
	         hvc_abi_name(abi), hvc_abi_world_at(abi, nearest)->world.name,
	         hvc_words__text(&words) + !!words.length,
	         hvc_abi_world_at(abi, nearest)->world.name);
	hvc_words__free(&words);
}

static void put_verdict(const struct hvc_page *page, const struct hvc_call_report *report)
{
	static const enum hvc_ink inks[] = {
	        [HVC_VERDICT_CONFORMS] = HVC_INK_GOOD,
	        [HVC_VERDICT_VIOLATES] = HVC_INK_BAD,
	        [HVC_VERDICT_UNDECIDED] = HVC_INK_WARN,
	};
	static const char *const words[] = {
	        [HVC_VERDICT_CONFORMS] = "conforms to",
	        [HVC_VERDICT_VIOLATES] = "violates",
	        [HVC_VERDICT_UNDECIDED] = "undecided: nothing is promised by",
	};
	const struct hvc_verdict *verdict = &report->verdict;
	const struct hvc_rule *rule = NULL;
	char text[600];

	put_world(page, report);
	if (verdict->rule < 0) {
		put_line(page, "verdict", HVC_INK_WARN, "undecided: %s says nothing of this call",
		         hvc_abi_name(report->abi));
		return;
	}
	rule = hvc_abi_rule_at(report->abi, (unsigned)verdict->rule);
	put_line(page, "verdict", inks[verdict->kind], "%s rule %s of %s", words[verdict->kind],
	         rule->name, hvc_abi_name(report->abi));
	if (verdict->clause != HVC_CLAUSE_NONE) {
		bool broken = verdict->kind == HVC_VERDICT_VIOLATES;

		hvc_words__verdict(report, text, sizeof(text));
		put_line(page, broken ? "because" : "but", broken ? HVC_INK_BAD : HVC_INK_WARN,
		         "%s", text);
	}
	hvc_page__print(page, "  %-*s", LABEL, "source");
	hvc_page__prose(page, LABEL + 2, LABEL + 2, "%s%s", rule->source,
	                rule->unconfirmed ? " (unconfirmed)" : "");
}

/* What a register holds now: what another held, or a syndrome; "" where that says nothing. */
static const char *which_is(enum hvc_reg reg, uint64_t value, const struct hvc_state *entry,
                            char *text, size_t size)
{
	if (reg == HVC_REG_ESR_EL1 || reg == HVC_REG_ESR_EL2) {
		hvc_syndrome__print(value, text, size);
		return text;
	}
	return hvc_reg_info(reg)->class_ == HVC_CLASS_PSTATE ? "" : hvc_words__origin(value, entry);
}

/* The registers that changed: x0 to x30, or all others. */
static enum hvc_status put_changes(const struct hvc_page *page,
                                   const struct hvc_call_report *report, bool general,
                                   struct hvc_diag *diag)
{
	struct hvc_table *table = hvc_table__new(page, "%s|Before>|After>|Which is",
	                                         general ? "Register" : "System register");
	struct hvc_masks masks;
	char number[HVC_U64_SIZE], text[80];
	bool any = false;

	hvc_masks__of(report->present, &masks);
	fputc('\n', page->out);
	for (unsigned reg = general ? 0 : HVC_GPR_COUNT;
	     reg < (general ? (unsigned)HVC_GPR_COUNT : HVC_REG_COUNT); reg++) {
		uint64_t before = report->entry->v[reg], after = report->outcome->state.v[reg];

		if (!((before ^ after) & masks.v[reg]))
			continue;
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", hvc_reg_name((enum hvc_reg)reg));
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s", hvc_u64_print(before, number));
		hvc_table__cell(table, 2, HVC_INK_PLAIN, "%s", hvc_u64_print(after, number));
		hvc_table__cell(
		        table, 3, HVC_INK_PLAIN, "%s",
		        which_is((enum hvc_reg)reg, after, report->entry, text, sizeof(text)));
		any = true;
	}
	if (any)
		return hvc_table__print(table, diag);
	hvc_table__drop(table);
	hvc_page__print(page, "  No %s changed.\n",
	                general ? "register x0..x30" : "system register");
	return HVC_OK;
}

static enum hvc_status put_stores(const struct hvc_page *page, const struct hvc_outcome *outcome,
                                  struct hvc_diag *diag)
{
	struct hvc_table *table;
	char number[HVC_U64_SIZE];

	if (!outcome->stores)
		return HVC_OK;
	fputc('\n', page->out);
	table = hvc_table__new(page, "Stored at>|Value>|Bytes>");
	for (unsigned i = 0; i < outcome->stores && i < HVC_STORE_MAX; i++) {
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_PLAIN, "0x%" PRIx64, outcome->store[i].address);
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s",
		                hvc_u64_print(outcome->store[i].value, number));
		hvc_table__cell(table, 2, HVC_INK_PLAIN, "%u", outcome->store[i].size);
	}
	HVC_TRY(hvc_table__print(table, diag));
	if (outcome->stores > HVC_STORE_MAX)
		hvc_page__print(page, "  ... and %u more\n", outcome->stores - HVC_STORE_MAX);
	return HVC_OK;
}

enum hvc_status hvc_call__text(const struct hvc_page *page, const struct hvc_call_report *report,
                               struct hvc_diag *diag)
{
	enum hvc_status status = HVC_OK;
	char resting[HVC_RESTING_SIZE];

	if (report->doubt)
		hvc_words__put_doubt(page, report->doubt);
	hvc_page__print(page, "%s: %s #0x%x from %s%s\n\n", hvc_subject_name(report->subject),
	                hvc_insn_name(report->call->insn), report->call->imm,
	                hvc_level_name(report->call->from),
	                report->doubt ? hvc_words__resting(report->doubt, resting) : "");
	if (report->trace)
		status = hvc_trace__table(page, report, diag);
	put_end(page, report);
	if (report->abi)
		put_verdict(page, report);
	if (status == HVC_OK)
		status = put_changes(page, report, true, diag);
	if (status == HVC_OK)
		status = put_changes(page, report, false, diag);
	if (status == HVC_OK)
		status = put_stores(page, report->outcome, diag);
	if (status == HVC_OK && report->supplied)
		status = hvc_supplied__text(page, NULL, report->world, report->subject,
		                            report->supplied, diag);
	return status;
}
