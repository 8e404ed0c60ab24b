/* SPDX-License-Identifier: MIT */
/*
 * Two traces are aligned by the longest list of instructions that both executed in that order. The
 * first line on which the sides are not the same instruction is where they part; before it the same
 * instruction may have made another value, which is where the parting comes from.
 */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "engine/call.h"
#include "report/json.h"
#include "report/new_finding.h"
#include "report/pair.h"
#include "report/table.h"

/* Instructions of a side that are aligned: the table of lengths is the square of it. */
#define STEPS_MAX 1000u

enum mark {
	ALIKE,
	VALUES, /* the same instruction, and another value */
	PARTS,  /* on one side alone */
};

/* Told one line; NULL: nothing on that side. */
typedef void put_line(void *ctx, const char *const text[HVC_SIDE_COUNT], enum mark mark,
                      bool first);

struct aligned {
	const struct hvc_pair *pair;
	size_t count[HVC_SIDE_COUNT];
	uint16_t *length; /* of the longest common list from (i, j) on */
	bool told[PARTS + 1];
	put_line *put;
	void *ctx;
};

static const struct hvc_trace *trace_of(const struct aligned *a, unsigned side)
{
	return a->pair->side[side].report.trace;
}

/* An instruction without how far it reaches, which differs wherever code moved. */
static uint32_t shape_of(uint32_t word)
{
	static const struct {
		uint32_t mask, is, keep;
	} rows[] = {
	        {0x7c000000, 0x14000000, 0xfc000000}, /* B, BL */
	        {0xff000000, 0x54000000, 0xff00001f}, /* B.cond */
	        {0x7e000000, 0x34000000, 0xff00001f}, /* CBZ, CBNZ */
	        {0x7e000000, 0x36000000, 0xfff8001f}, /* TBZ, TBNZ */
	        {0x1f000000, 0x10000000, 0x9f00001f}, /* ADR, ADRP */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if ((word & rows[i].mask) == rows[i].is)
			return word & rows[i].keep;
	return word;
}

static bool same_word(const struct aligned *a, size_t i, size_t j)
{
	return shape_of(trace_of(a, 0)->step[i].word) == shape_of(trace_of(a, 1)->step[j].word);
}

static uint16_t *at(const struct aligned *a, size_t i, size_t j)
{
	return &a->length[i * (a->count[1] + 1) + j];
}

static const struct hvc_trace_change *changes_of(const struct aligned *a, unsigned side,
                                                 size_t step)
{
	const struct hvc_trace_change *change = trace_of(a, side)->change;

	for (size_t i = 0; i < step; i++)
		change += trace_of(a, side)->step[i].changes;
	return change;
}

static bool same_changes(const struct aligned *a, size_t i, size_t j)
{
	const struct hvc_trace_change *x = changes_of(a, 0, i), *y = changes_of(a, 1, j);
	unsigned count = trace_of(a, 0)->step[i].changes;

	if (count != trace_of(a, 1)->step[j].changes)
		return false;
	for (unsigned k = 0; k < count; k++)
		if (x[k].reg != y[k].reg || x[k].value != y[k].value)
			return false;
	return true;
}

static void describe(const struct aligned *a, unsigned side, size_t step, struct hvc_words *words)
{
	const struct hvc_trace_step *is = &trace_of(a, side)->step[step];
	const struct hvc_trace_change *change = changes_of(a, side, step);
	char text[96], number[HVC_U64_SIZE];

	hvc_words__place(words, a->pair->side[side].report.subject, is->pc);
	hvc_disasm__in(is->isa, is->pc, is->word, text, sizeof text);
	hvc_words__add(words, "%s%s", words->length ? ": " : "", text);
	for (unsigned i = 0; i < is->changes; i++)
		hvc_words__add(words, "%s%s = %s", i ? ", " : "; ", hvc_reg_name(change[i].reg),
		               hvc_u64_print(change[i].value, number));
}

/* step: past the last: nothing on that side. */
static void put_row(struct aligned *a, size_t i, size_t j, enum mark mark)
{
	const size_t step[HVC_SIDE_COUNT] = {i, j};
	struct hvc_words words[HVC_SIDE_COUNT] = {{0}};
	const char *text[HVC_SIDE_COUNT] = {NULL};

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		if (step[side] == SIZE_MAX)
			continue;
		describe(a, side, step[side], &words[side]);
		text[side] = hvc_words__text(&words[side]);
	}
	a->put(a->ctx, text, mark, !a->told[mark]);
	a->told[mark] = true;
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_words__free(&words[side]);
}

static enum hvc_status align(const struct hvc_pair *pair, put_line *put, void *ctx)
{
	struct aligned a = {.pair = pair, .put = put, .ctx = ctx};

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		a.count[side] = trace_of(&a, side)->steps < STEPS_MAX ? trace_of(&a, side)->steps
		                                                      : STEPS_MAX;
	a.length = calloc((a.count[0] + 1) * (a.count[1] + 1), sizeof *a.length);
	if (!a.length)
		return HVC_E_NOMEM;
	for (size_t i = a.count[0]; i-- > 0;)
		for (size_t j = a.count[1]; j-- > 0;)
			*at(&a, i, j) = same_word(&a, i, j) ? *at(&a, i + 1, j + 1) + 1
			                : *at(&a, i + 1, j) >= *at(&a, i, j + 1)
			                        ? *at(&a, i + 1, j)
			                        : *at(&a, i, j + 1);
	for (size_t i = 0, j = 0; i < a.count[0] || j < a.count[1];) {
		bool both = i < a.count[0] && j < a.count[1];

		if (both && same_word(&a, i, j)) {
			put_row(&a, i, j, same_changes(&a, i, j) ? ALIKE : VALUES);
			i++;
			j++;
		} else if (j == a.count[1] || (both && *at(&a, i + 1, j) >= *at(&a, i, j + 1))) {
			put_row(&a, i++, SIZE_MAX, PARTS);
		} else {
			put_row(&a, SIZE_MAX, j++, PARTS);
		}
	}
	free(a.length);
	return HVC_OK;
}

/* Ends, registers and stores in words: what two reports of the calls would say. */
static void say(const struct hvc_call_report *report, char *text, size_t size)
{
	hvc_outcome__print(report->outcome, report->entry, report->present, text, size);
}

static void judge(struct hvc_pair *pair)
{
	char text[HVC_SIDE_COUNT][4096];

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		say(&pair->side[side].report, text[side], sizeof text[side]);
	pair->alike = !strcmp(text[0], text[1]);
}

enum hvc_status hvc_pair__run(struct hvc_pair *pair, enum hvc_side side,
                              const struct hvc_subject *subject, const struct hvc_world *world,
                              const struct hvc_call *call, uint64_t budget, struct hvc_diag *diag)
{
	struct hvc_pair_side *is = &pair->side[side];
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(subject),
	        .world = world,
	        .budget = budget,
	        .smc_as_it_is = true,
	        .trace = hvc_trace__record,
	        .trace_ctx = &is->trace,
	};

	HVC_TRY(hvc_machine_open(&config, diag, &is->machine));
	HVC_TRY(hvc_machine_call(is->machine, call, diag, &is->outcome));
	hvc_entry_state(hvc_machine_entry(is->machine), call, &is->entry);
	is->report = (struct hvc_call_report){
	        .subject = subject,
	        .world = world,
	        .call = call,
	        .entry = &is->entry,
	        .present = hvc_machine_present(is->machine),
	        .outcome = &is->outcome,
	        .trace = &is->trace,
	};
	if (is->trace.failed)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (pair->side[0].machine && pair->side[1].machine)
		judge(pair);
	return HVC_OK;
}

void hvc_pair__free(struct hvc_pair *pair)
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_trace__free(&pair->side[side].trace);
		hvc_machine_close(pair->side[side].machine);
	}
}

static void add_line(void *ctx, const char *const text[HVC_SIDE_COUNT], enum mark mark, bool first)
{
	static const char *const marks[] = {[ALIKE] = "", [VALUES] = "value", [PARTS] = "PARTS"};
	struct hvc_table *table = ctx;

	hvc_table__row(table);
	hvc_table__cell(table, 0, mark == PARTS ? HVC_INK_BAD : HVC_INK_WARN, "%s",
	                first ? marks[mark] : "");
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_table__cell(table, 1 + side,
		                mark == ALIKE   ? HVC_INK_FAINT
		                : mark == PARTS ? HVC_INK_STRONG
		                                : HVC_INK_PLAIN,
		                "%s", text[side] ? text[side] : "");
}

static void put_end(const struct hvc_page *page, const struct hvc_call_report *report,
                    const char *letter)
{
	char text[1024];

	say(report, text, sizeof text);
	hvc_page__prose(page, hvc_page__open(page, 2), 4, "%s, %s: %s", letter,
	                hvc_subject_name(report->subject), text);
}

enum hvc_status hvc_pair__text(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	const struct hvc_pair *pair = of;

	enum hvc_ink ink = pair->alike ? HVC_INK_GOOD : HVC_INK_BAD;
	struct hvc_words call = {0};
	struct hvc_table *table;

	hvc_words__witness(&call, pair->side[0].report.call);
	hvc_page__line(page, 0, "%s%s%s  %s", hvc_ink__begin(page, ink),
	               pair->alike ? "ALIKE" : "PART", hvc_ink__end(page, ink),
	               hvc_words__text(&call));
	hvc_words__free(&call);
	put_end(page, &pair->side[0].report, "A");
	put_end(page, &pair->side[1].report, "B");
	hvc_page__gap(page);
	table = hvc_table__new(page, "|A~|B~");
	if (align(pair, add_line, table) != HVC_OK) {
		hvc_table__drop(table);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	HVC_TRY(hvc_table__print(table, diag));
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		if (pair->side[side].report.trace->steps > STEPS_MAX)
			hvc_page__line(page, 2, "%s goes on: the first %u instructions are told",
			               side ? "B" : "A", STEPS_MAX);
	return hvc_page__status(page, diag);
}

static void add_object(void *ctx, const char *const text[HVC_SIDE_COUNT], enum mark mark,
                       bool first)
{
	static const char *const keys[] = {"a", "b"};

	(void)first;
	hvc_json__object(ctx, NULL);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		if (text[side])
			hvc_json__string(ctx, keys[side], text[side]);
		else
			hvc_json__null(ctx, keys[side]);
	hvc_json__put(ctx, "same_values }", (bool)(mark == ALIKE));
}

enum hvc_status hvc_pair__json(FILE *out, const void *of, const struct hvc_findings *findings,
                               struct hvc_diag *diag)
{
	const struct hvc_pair *pair = of;
	struct hvc_json *json = hvc_json__new("hvcheck-pair/1");

	hvc_json__put(json, "a b alike instructions[",
	              hvc_subject_name(pair->side[0].report.subject),
	              hvc_subject_name(pair->side[1].report.subject), pair->alike);
	if (align(pair, add_object, json) != HVC_OK)
		hvc_json__fail(json);
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
