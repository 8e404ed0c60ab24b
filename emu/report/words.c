/* SPDX-License-Identifier: MIT */
#include "report/words.h"

#include "abi/abi.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "abi/expr.h"
#include "base/number.h"
#include "engine/call.h"
#include "engine/quote.h"
#include "hvcheck/arch.h"
#include "report/table.h"

void hvc_words__add(struct hvc_words *words, const char *format, ...)
{
	va_list args;
	char *piece, *grown;
	int length;

	va_start(args, format);
	length = vasprintf(&piece, format, args);
	va_end(args);
	if (length < 0) {
		words->failed = true;
		hvc_page__lose();
		return;
	}
	grown = realloc(words->data, words->length + (size_t)length + 1);
	if (grown) {
		memcpy(grown + words->length, piece, (size_t)length + 1);
		words->data = grown;
		words->length += (size_t)length;
	} else {
		words->failed = true;
		hvc_page__lose();
	}
	free(piece);
}

void hvc_words__shell(struct hvc_words *words, const char *word)
{
	char *quoted = hvc_quote__word(word);

	words->failed = words->failed || !quoted;
	hvc_words__add(words, "%s", quoted ? quoted : "");
	free(quoted);
}

const char *hvc_words__text(const struct hvc_words *words)
{
	return words->data ? words->data : "";
}

void hvc_words__free(struct hvc_words *words)
{
	free(words->data);
	*words = (struct hvc_words){0};
}

const char *hvc_words__number(uint64_t number, char text[HVC_NUMBER_SIZE])
{
	char digits[HVC_NUMBER_SIZE], *to = text;
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return text;
}

static void add_bound(struct hvc_words *words, uint64_t value, bool imm)
{
	char text[HVC_U64_SIZE];

	if (imm)
		hvc_words__add(words, "0x%" PRIx64, value);
	else
		hvc_words__add(words, "%s", hvc_u64_bound(value, text));
}

/* imm: of immediates, which are hexadecimal however small. */
static void add_intervals(struct hvc_words *words, const struct hvc_interval *interval,
                          unsigned count, bool imm)
{
	for (unsigned i = 0; i < count; i++) {
		hvc_words__add(words, "%s", i ? ", " : "");
		add_bound(words, interval[i].lo, imm);
		if (interval[i].hi != interval[i].lo) {
			hvc_words__add(words, "-");
			add_bound(words, interval[i].hi, imm);
		}
	}
}

/*
 * What is left out between the intervals, when that is shorter to say: all but the first and
 * last value are covered, and there are fewer gaps than intervals. Returns the gaps, NULL for
 * none; the caller frees it.
 */
static struct hvc_interval *gaps_of(const struct hvc_interval *interval, unsigned count,
                                    uint64_t max, unsigned *gaps)
{
	struct hvc_interval *gap;
	uint64_t from = 0;

	*gaps = 0;
	if (!count || interval[count - 1].hi != max || (interval[0].lo == 0 && count == 1))
		return NULL;
	gap = calloc(count, sizeof(*gap));
	if (!gap)
		return NULL; /* the long way of saying it is as right */
	for (unsigned i = 0; i < count; i++) {
		if (interval[i].lo > from)
			gap[(*gaps)++] = (struct hvc_interval){from, interval[i].lo - 1};
		from = interval[i].hi + 1;
	}
	return gap;
}

void hvc_words__imms(struct hvc_words *words, const struct hvc_interval *imm, unsigned imms)
{
	unsigned gaps;
	struct hvc_interval *gap = gaps_of(imm, imms, HVC_IMM_COUNT - 1, &gaps);

	if (gap && gaps < imms) {
		hvc_words__add(words, "all but ");
		add_intervals(words, gap, gaps, true);
	} else {
		add_intervals(words, imm, imms, true);
	}
	free(gap);
}

/* "x0 = 1", "x0 = 0, 4-0xf", "x0 not 1", "x0 >= 3" */
static void add_values(struct hvc_words *words, const struct hvc_condition *condition)
{
	unsigned gaps;
	struct hvc_interval *gap =
	        gaps_of(condition->interval, condition->intervals, UINT64_MAX, &gaps);

	hvc_words__add(words, "%s", hvc_reg_name(condition->reg));
	if (gap && condition->intervals == 1) {
		hvc_words__add(words, " >= ");
		add_bound(words, condition->interval->lo, false);
	} else if (gap && gaps <= condition->intervals) {
		hvc_words__add(words, " not ");
		add_intervals(words, gap, gaps, false);
	} else {
		hvc_words__add(words, " = ");
		add_intervals(words, condition->interval, condition->intervals, false);
	}
	free(gap);
}

static void add_registers(struct hvc_words *words, const struct hvc_call *call,
                          const struct hvc_call *plain)
{
	char text[HVC_U64_SIZE];

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (call->x[n] != plain->x[n])
			hvc_words__add(words, ", x%u = %s", n, hvc_u64_print(call->x[n], text));
	}
}

/* "hvc #0x6016", "smc #0x0 from el1t": EL1h is what callers are where nothing is said. */
static void add_instruction(struct hvc_words *words, const struct hvc_call *call, uint16_t imm)
{
	hvc_words__add(words, "%s #0x%x", hvc_insn_name(call->insn), imm);
	if (call->from != HVC_LEVEL_EL1H)
		hvc_words__add(words, " from %s", hvc_level_name(call->from));
}

void hvc_words__call(struct hvc_words *words, const struct hvc_probe *probe, uint16_t imm)
{
	struct hvc_call plain;

	hvc_call_init(&plain, probe->seed);
	add_instruction(words, &probe->call, imm);
	add_registers(words, &probe->call, &plain);
}

void hvc_words__witness(struct hvc_words *words, const struct hvc_call *call)
{
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	add_instruction(words, call, call->imm);
	add_registers(words, call, &plain);
}

void hvc_words__conditions(struct hvc_words *words, const struct hvc_condition *condition,
                           unsigned conditions, enum hvc_level from)
{
	for (unsigned i = 0; i < conditions; i++) {
		const struct hvc_condition *c = &condition[i];

		hvc_words__add(words, "%s", i ? "; " : "");
		if (c->mask == UINT64_MAX) {
			add_values(words, c);
			continue;
		}
		if (c->mask == UINT32_MAX)
			hvc_words__add(words,
			               "%c%u = ", hvc_half__letter(1u << from, c->reg, c->mask),
			               (unsigned)c->reg);
		else
			hvc_words__add(words, "x%u & 0x%" PRIx64 " = ", (unsigned)c->reg, c->mask);
		add_intervals(words, c->interval, c->intervals, false);
	}
	if (!conditions)
		hvc_words__add(words, "any");
}

void hvc_words__promise(struct hvc_words *words, const struct hvc_rule *rule)
{
	char at[256];

	if (!rule->specified) {
		hvc_words__add(words, "nothing is promised");
		return;
	}
	hvc_words__add(words, "%s", hvc_outcome_name(rule->outcome));
	if (rule->has_at) {
		hvc_expr__print(&rule->at, at, sizeof(at));
		hvc_words__add(words, " to %s", at);
	}
	if (rule->level != HVC_LEVEL_COUNT)
		hvc_words__add(words, " at %s", hvc_level_name(rule->level));
	for (unsigned i = 0; i < rule->results; i++) {
		const struct hvc_result *result = &rule->result[i];
		const char *name = hvc_reg_name(result->reg);

		hvc_words__add(words, ", %c%s := %s%s",
		               result->reg < HVC_GPR_COUNT
		                       ? hvc_half__letter(rule->levels, result->reg, result->mask)
		                       : name[0],
		               name + 1, result->intervals ? "one of " : "", result->text);
	}
}

void hvc_words__ranges(struct hvc_words *words, const struct hvc_regset *set)
{
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++) {
		unsigned last = reg;

		if (!hvc_regset_has(set, (enum hvc_reg)reg))
			continue;
		while (last + 1 < HVC_GPR_COUNT && hvc_regset_has(set, (enum hvc_reg)(last + 1)))
			last++;
		hvc_words__add(words, "%s%s", words->length ? ", " : "",
		               hvc_reg_name((enum hvc_reg)reg));
		if (last > reg)
			hvc_words__add(words, "-%s", hvc_reg_name((enum hvc_reg)last));
		reg = last;
	}
	if (!words->length)
		hvc_words__add(words, "none");
}

void hvc_words__regset(struct hvc_words *words, const struct hvc_regset *set)
{
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		if (hvc_regset_has(set, reg))
			hvc_words__add(words, "%s%s", words->length ? " " : "", hvc_reg_name(reg));
	}
	if (!words->length)
		hvc_words__add(words, "none");
}

/* Pieces of the harness, by address. */
static const struct {
	uint64_t begin, size;
	const char *name;
} pieces[] = {
        {HVC_CALLER_VECTORS, HVC_VECTOR_TABLE_SIZE, "the caller's vectors"},
        {HVC_NEW_VECTORS, HVC_VECTOR_TABLE_SIZE, "the second EL2 table"},
        {HVC_FUNCTION, 0x1000, "the EL2 function"},
        {HVC_EL2_DATA, HVC_EL2_DATA_SIZE, "EL2 data"},
};

void hvc_words__place(struct hvc_words *words, const struct hvc_subject *subject, uint64_t address)
{
	const char *symbol;
	uint64_t offset;

	if (hvc_subject_symbol(subject, address, &symbol, &offset)) {
		hvc_words__add(words, "%s", symbol);
		if (offset)
			hvc_words__add(words, "+0x%" PRIx64, offset);
		return;
	}
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		offset = address - pieces[i].begin;
		if (offset >= pieces[i].size)
			continue;
		hvc_words__add(words, "%s", pieces[i].name);
		if (offset)
			hvc_words__add(words, " + 0x%" PRIx64, offset);
		return;
	}
	if (address - HVC_LANDING < HVC_LANDING_SIZE)
		hvc_words__add(words, "landing pad of x%" PRIu64, (address - HVC_LANDING) / 0x800);
}

static bool is_laid_over(const struct hvc_check *check, unsigned world)
{
	const struct hvc_world *with = &check->world[world].world;
	const struct hvc_world *without = &hvc_abi_world_at(check->abi, world)->world;

	return with->extras || memcmp(&with->state, &without->state, sizeof(with->state)) != 0;
}

void hvc_words__check_command(struct hvc_words *words, const struct hvc_check *check,
                              const struct hvc_finding *finding, const char *abi)
{
	char command[HVC_COMMAND_SIZE];

	hvc_call__command(check->subject, &check->world[finding->world].world, &finding->probe,
	                  finding->imm, command, sizeof(command));
	hvc_words__add(words, *abi == '-' ? "%s --abi=" : "%s --abi ", command);
	hvc_words__shell(words, abi);
	/* Its own registers are given, one of them perhaps to trap SMCs: the name tells which it
	 * is. */
	if (!is_laid_over(check, finding->world) &&
	    (!hvc_insn_is_smc(finding->probe.call.insn) ||
	     check->world[finding->world].world.state.v[HVC_REG_HCR_EL2] & HVC_HCR_TSC))
		return;
	hvc_words__add(words, " --world ");
	hvc_words__shell(words, hvc_abi_world_at(check->abi, finding->world)->world.name);
}

uint64_t hvc_words__failed(const struct hvc_check *check, const char **one)
{
	uint64_t calls = 0;

	*one = "";
	for (unsigned i = 0; i < check->worlds; i++) {
		if (check->world[i].failed && !calls)
			*one = check->world[i].failure;
		calls += check->world[i].failed;
	}
	return calls;
}

void hvc_words__put_failed(const struct hvc_page *page, uint64_t calls, const char *one)
{
	char number[HVC_NUMBER_SIZE];

	if (calls)
		hvc_page__line(page, 0,
		               "%sThe engine died of %s call%s, of which nothing is known: %s%s",
		               hvc_ink__begin(page, HVC_INK_BAD), hvc_words__number(calls, number),
		               calls == 1 ? "" : "s", one, hvc_ink__end(page, HVC_INK_BAD));
}

const char *hvc_words__resting(const struct hvc_doubt *doubt, char text[HVC_RESTING_SIZE])
{
	*text = '\0';
	if (doubt->assumptions)
		snprintf(text, HVC_RESTING_SIZE, ", on %u assumption%s", doubt->assumptions,
		         doubt->assumptions == 1 ? "" : "s");
	return text;
}

void hvc_words__put_doubt(const struct hvc_page *page, const struct hvc_doubt *doubt)
{
	char faults[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE];

	if (doubt->faults)
		hvc_page__inked(page, 0, 0, HVC_INK_BAD,
		                "Not the answer of a machine that has booted%s: %s of %s calls "
		                "ended in a fault of the assumed world. %s",
		                hvc_doubt_is_vacuous(doubt) ? ", no call was completed" : "",
		                hvc_words__number(doubt->faults, faults),
		                hvc_words__number(doubt->calls, calls), doubt->why);
}

void hvc_words__put_left_out(const struct hvc_page *page, unsigned constants)
{
	char number[HVC_NUMBER_SIZE];

	if (constants)
		hvc_page__line(
		        page, 0,
		        "%sA sample: the code compares with %s more constants than are tried "
		        "(at most %u)%s",
		        hvc_ink__begin(page, HVC_INK_WARN), hvc_words__number(constants, number),
		        HVC_CONSTANTS_MAX, hvc_ink__end(page, HVC_INK_WARN));
}

/* Below this a number is more likely a number than a copy of some register that holds it too. */
#define SMALL UINT64_C(0x100000)

const char *hvc_words__origin(uint64_t value, const struct hvc_state *before)
{
	for (enum hvc_reg reg = HVC_REG_X0; value >= SMALL && reg < HVC_REG_COUNT; reg++)
		if (before->v[reg] == value && hvc_reg_info(reg)->class_ != HVC_CLASS_PSTATE &&
		    hvc_reg_info(reg)->class_ != HVC_CLASS_EXCEPTION)
			return hvc_reg_name(reg);
	return "";
}

void hvc_words__verdict(const struct hvc_call_report *report, char *text, size_t size)
{
	struct hvc_check check = {.abi = report->abi};
	struct hvc_finding finding = {
	        .verdict = report->verdict,
	        .probe.call = *report->call,
	        .imm = report->call->imm,
	        .outcome = *report->outcome,
	        .cause = report->cause,
	};

	hvc_finding_print(&check, &finding, text, size);
}
