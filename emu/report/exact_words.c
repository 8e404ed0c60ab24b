/* SPDX-License-Identifier: MIT */
/* Rows of a map in words that all formats share. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "report/exact.h"

/* Most inputs that a report names; there are more where C code walks its data. */
#define INPUTS 40u
/* Most instructions that a row names. */
#define DECISIONS 4u

void hvc_exact__callers(struct hvc_words *words, const struct hvc_exact *exact,
                        const struct hvc_exact_part *part)
{
	for (unsigned insn = 0; insn < HVC_INSN_COUNT; insn++) {
		bool first = true;

		for (unsigned i = 0; i < exact->parts; i++) {
			const struct hvc_exact_part *other = &exact->part[i];

			if ((other != part && other->same != part) || other->insn != insn)
				continue;
			if (first)
				hvc_words__add(words, "%s%s from ", words->length ? ", " : "",
				               hvc_insn_name((enum hvc_insn)insn));
			hvc_words__add(words, "%s%s", first ? "" : ", ",
			               hvc_level_name(other->from));
			first = false;
		}
	}
}

unsigned hvc_exact__number(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                           unsigned row)
{
	for (const struct hvc_exact_part *before = exact->part; before < part; before++)
		row += before->same ? 0 : before->rows;
	return row + 1;
}

/* Does it depend on the immediate, and on nothing else? */
static bool is_of_imm(hvc_ref a)
{
	return a->uses == UINT64_C(1) << HVC_INPUT_IMM;
}

/* Clear the immediates for which a case cannot hold, whatever the registers. */
static void restrict_to(const struct hvc_exact *exact, const struct hvc_row_case *c, bool *can)
{
	uint64_t value[HVC_INPUTS] = {0};
	const struct hvc_model model = {.value = value, .count = HVC_INPUTS};

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		value[HVC_INPUT_IMM] = imm;
		for (size_t i = 0; can[imm] && i < c->members; i++)
			if (is_of_imm(c->member[i].key))
				can[imm] = hvc_set__has(
				        c->member[i].set,
				        hvc_bv__eval(exact->terms, c->member[i].key, &model));
		for (size_t i = 0; can[imm] && i < c->rests; i++)
			if (is_of_imm(c->rest[i]))
				can[imm] = hvc_bv__eval(exact->terms, c->rest[i], &model) == 1;
	}
}

bool hvc_exact__immediates(const struct hvc_exact *exact, const struct hvc_row *row, bool *meets)
{
	bool *can = malloc(HVC_IMM_COUNT * sizeof *can);

	memset(meets, 0, HVC_IMM_COUNT * sizeof *meets);
	for (unsigned i = 0; can && i < row->cases; i++) {
		memset(can, true, HVC_IMM_COUNT * sizeof *can);
		restrict_to(exact, &row->case_[i], can);
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
			meets[imm] = meets[imm] || can[imm];
	}
	free(can);
	return can != NULL;
}

struct seen {
	hvc_ref value[INPUTS];
	unsigned count, left;
};

static bool is_new(struct seen *seen, hvc_ref value)
{
	for (unsigned i = 0; i < seen->count; i++)
		if (seen->value[i] == value)
			return false;
	if (seen->count == INPUTS) {
		seen->left++;
		return false;
	}
	seen->value[seen->count++] = value;
	return true;
}

static void tell(const struct hvc_exact *exact, hvc_ref value, hvc_exact_told *told, void *ctx)
{
	char text[256];

	hvc_bv__print(exact->terms, value, text, sizeof text);
	told(ctx, text);
}

static void tell_left(const struct seen *seen, hvc_exact_told *told, void *ctx)
{
	char text[64];

	snprintf(text, sizeof text, "and %u more", seen->left);
	if (seen->left)
		told(ctx, text);
}

void hvc_exact__reads(const struct hvc_exact *exact, hvc_exact_told *told, void *ctx)
{
	struct seen seen = {.count = 0};

	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_symbolic *s = exact->part[i].symbolic;

		for (unsigned j = 0; j < s->paths; j++)
			for (const struct hvc_read *r = s->path[j].way->read; r; r = r->before)
				if (is_new(&seen, r->value))
					tell(exact, r->value, told, ctx);
	}
	tell_left(&seen, told, ctx);
}

static void tell_pointer(const struct hvc_exact *exact, hvc_ref base, struct seen *seen,
                         hvc_exact_told *told, void *ctx)
{
	if (base && hvc_way__is_callers(exact->terms, base) && is_new(seen, base))
		tell(exact, base, told, ctx);
}

void hvc_exact__pointers(const struct hvc_exact *exact, hvc_exact_told *told, void *ctx)
{
	struct seen seen = {.count = 0};

	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_symbolic *s = exact->part[i].symbolic;

		for (unsigned j = 0; j < s->paths; j++) {
			const struct hvc_way *way = s->path[j].way;

			for (const struct hvc_read *r = way->read; r; r = r->before) {
				hvc_ref base = NULL;

				if (r->address)
					(void)hvc_bv__offset(r->address, &base);
				tell_pointer(exact, base, &seen, told, ctx);
			}
			for (const struct hvc_log *log = way->log; log; log = log->before)
				tell_pointer(exact, log->base, &seen, told, ctx);
		}
	}
	tell_left(&seen, told, ctx);
}

void hvc_exact__apart(const struct hvc_exact *exact, hvc_exact_told *told, void *ctx)
{
	struct seen seen = {.count = 0};

	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_scene *scene = &exact->part[i].symbolic->scene;

		for (unsigned j = 0; j < scene->aparts; j++) {
			if (scene->apart[j].a && is_new(&seen, scene->apart[j].a))
				tell(exact, scene->apart[j].a, told, ctx);
			if (scene->apart[j].b && is_new(&seen, scene->apart[j].b))
				tell(exact, scene->apart[j].b, told, ctx);
		}
	}
	tell_left(&seen, told, ctx);
}

void hvc_exact__fixed(const struct hvc_exact *exact, hvc_exact_told *told, void *ctx)
{
	const uint64_t *v = hvc_machine_entry(exact->machine)->v;
	char text[200], number[HVC_U64_SIZE];

	for (enum hvc_reg reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++) {
		if (!hvc_regset_has(hvc_machine_present(exact->machine), reg) ||
		    (!hvc_regset_has(hvc_symbolic__fixed(), reg) &&
		     !hvc_regset_has(&exact->world.given, reg)))
			continue;
		snprintf(text, sizeof text, "%s = %s", hvc_reg_name(reg),
		         hvc_u64_print(v[reg], number));
		told(ctx, text);
	}
	for (unsigned i = 0; i < exact->world.extras; i++) {
		const struct hvc_extra *extra = &exact->world.extra[i];

		snprintf(text, sizeof text, "s%u_%u_c%u_c%u_%u = %s", extra->encoding[0],
		         extra->encoding[1], extra->encoding[2], extra->encoding[3],
		         extra->encoding[4], hvc_u64_print(extra->value, number));
		told(ctx, text);
	}
	for (unsigned i = 0; i < exact->world.stops; i++) {
		const struct hvc_stop *stop = &exact->world.stop[i];

		snprintf(text, sizeof text, "%s returned %s", stop->name,
		         hvc_u64_print(stop->value, number));
		if (stop->stub)
			told(ctx, text);
	}
}

void hvc_exact__list(void *ctx, const char *text)
{
	struct hvc_words *words = ctx;

	hvc_words__add(words, "%s%s", words->length ? ", " : "", text);
}

bool hvc_exact__completeness(const struct hvc_exact *exact, struct hvc_words *why)
{
	bool complete = true;

	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_exact_part *part = &exact->part[i];

		if (part->complete)
			continue;
		if (complete)
			hvc_words__add(why, "%s from %s: %s", hvc_insn_name(part->insn),
			               hvc_level_name(part->from), part->why);
		complete = false;
	}
	if (exact->failed) {
		hvc_words__add(why, "%sthe engine died of %u call%s", complete ? "" : "; ",
		               exact->failed, exact->failed == 1 ? "" : "s");
		complete = false;
	}
	return complete && exact->parts;
}

void hvc_exact__add_decisions(struct hvc_words *words, const struct hvc_exact *exact,
                              const struct hvc_exact_part *part, const struct hvc_row *row,
                              unsigned most)
{
	struct hvc_exact_decision decision[DECISIONS];
	unsigned count = hvc_exact__decisions(exact, part, row, decision, most);

	for (unsigned i = 0; i < count && i < most; i++) {
		hvc_words__add(words, i ? "; " : "");
		if (decision[i].symbol)
			hvc_words__add(words, "%s+0x%" PRIx64, decision[i].symbol,
			               decision[i].offset);
		else
			hvc_words__add(words, "0x%" PRIx64, decision[i].address);
		hvc_words__add(words, ": %s", decision[i].text);
	}
	if (count > most)
		hvc_words__add(words, "; and more");
}
