/* SPDX-License-Identifier: MIT */
/*
 * What A32 and T32 code compares r0 to r12 with: numbers of the instructions, and those that MOVW,
 * MOVT and literals have put into the other register. Branches and calls are followed from all
 * slots.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/a32.h"
#include "machine/exception_hyp.h"
#include "subject/walk.h"

#define VISITED_MAX 1024u /* instructions */
#define OPEN_MAX    64u   /* branches that wait */
#define FOUND_MAX   512u
#define REGISTERS   13u

struct search {
	const struct hvc_image *image;
	void (*visit)(void *ctx, const struct hvc_a32 *insn);
	void *ctx;
	unsigned limit;
	struct hvc_constant *found; /* NULL: they are not asked for */
	size_t count;
	uint32_t held[16];                          /* what a register holds, */
	unsigned known;                             /* if it is known: a bit each */
	uint64_t seen[VISITED_MAX], line[OPEN_MAX]; /* bit 0: T32 */
	unsigned visited, open;
};

static void add(struct search *s, unsigned rn, uint32_t value)
{
	const struct hvc_constant one = {.reg = (enum hvc_reg)(HVC_REG_X0 + rn), .value = value};
	size_t i = 0;

	if (!s->found || rn >= REGISTERS || s->count == FOUND_MAX)
		return;
	while (i < s->count && (s->found[i].reg < one.reg ||
	                        (s->found[i].reg == one.reg && s->found[i].value < value)))
		i++;
	if (i < s->count && s->found[i].reg == one.reg && s->found[i].value == value)
		return;
	memmove(&s->found[i + 1], &s->found[i], (s->count - i) * sizeof one);
	s->found[i] = one;
	s->count++;
}

static void hold(struct search *s, unsigned rd, uint32_t value)
{
	s->held[rd & 15] = value;
	s->known |= 1u << (rd & 15);
}

static void hold_literal(struct search *s, unsigned rd, uint64_t at)
{
	uint32_t value;

	if (hvc_walk__word(s->image, at, &value))
		hold(s, rd, value);
}

/* Two registers: either may be the one that was loaded for it. */
static void compare(struct search *s, unsigned rn, unsigned rm)
{
	if (s->known >> rm & 1)
		add(s, rn, s->held[rm]);
	if (s->known >> rn & 1)
		add(s, rm, s->held[rn]);
}

static void a32(struct search *s, uint64_t at, uint32_t word)
{
	uint32_t half = (word >> 4 & 0xf000) | (word & 0xfff), imm = hvc_a32__immediate(word);
	unsigned rd = word >> 12 & 15, rn = word >> 16 & 15, op = word >> 21 & 15;

	if ((word & 0x0f900000) == 0x03100000) /* TST, TEQ, CMP, CMN */
		add(s, rn, op == 11 ? 0 - imm : imm);
	else if ((word & 0x0fd00000) == 0x02500000) /* SUBS, RSBS */
		add(s, rn, imm);
	else if ((word & 0x0f900ff0) == 0x01100000)
		compare(s, rn, word & 15);
	else if ((word & 0x0ff00000) == 0x03000000)
		hold(s, rd, half);
	else if ((word & 0x0ff00000) == 0x03400000)
		hold(s, rd, half << 16 | (s->held[rd] & 0xffff));
	else if ((word & 0x0fef0000) == 0x03a00000 || (word & 0x0fef0000) == 0x03e00000)
		hold(s, rd, op == 15 ? ~imm : imm);
	else if ((word & 0x0fff0000) == 0x059f0000)
		hold_literal(s, rd, at + 8 + (word & 0xfff));
	else if ((word & 0x0f3f0000) == 0x020f0000 && (op == 4 || op == 2)) /* ADR */
		hold(s, rd, (uint32_t)at + 8 + (op == 4 ? imm : 0 - imm));
}

static void t32_narrow(struct search *s, uint64_t at, uint32_t word)
{
	uint64_t pc = (at + 4) & ~UINT64_C(3);
	unsigned rd = word >> 8 & 7;

	if (word >> 11 == 5 || word >> 11 == 7) /* CMP, SUBS */
		add(s, rd, word & 0xff);
	else if ((word & 0xf500) == 0xb100) /* CBZ, CBNZ */
		add(s, word & 7, 0);
	else if (word >> 6 == 0x10a)
		compare(s, word & 7, word >> 3 & 7);
	else if (word >> 8 == 0x45)
		compare(s, (word & 7) | (word >> 4 & 8), word >> 3 & 15);
	else if (word >> 11 == 4)
		hold(s, rd, word & 0xff);
	else if (word >> 11 == 9)
		hold_literal(s, rd, pc + 4 * (word & 0xff));
	else if (word >> 11 == 20) /* ADR */
		hold(s, rd, (uint32_t)pc + 4 * (word & 0xff));
}

static void t32_wide(struct search *s, uint64_t at, uint32_t word)
{
	uint32_t imm = hvc_t32__immediate(word);
	uint32_t half =
	        (word >> 4 & 0xf000) | (word >> 15 & 0x800) | (word >> 4 & 0x700) | (word & 0xff);
	unsigned rd = word >> 8 & 15, rn = word >> 16 & 15, op = word >> 21 & 15;

	if ((word & 0xfa108f00) == 0xf0100f00) /* TST, TEQ, CMN, CMP */
		add(s, rn, op == 8 ? 0 - imm : imm);
	else if ((word & 0xfbf08000) == 0xf1b00000) /* SUBS */
		add(s, rn, imm);
	else if ((word & 0xfe10fff0) == 0xea100f00)
		compare(s, rn, word & 15);
	else if ((word & 0xfbf08000) == 0xf2400000)
		hold(s, rd, half);
	else if ((word & 0xfbf08000) == 0xf2c00000)
		hold(s, rd, half << 16 | (s->held[rd] & 0xffff));
	else if ((word & 0xfbef8000) == 0xf04f0000 || (word & 0xfbef8000) == 0xf06f0000)
		hold(s, rd, op == 3 ? ~imm : imm);
	else if ((word & 0xfb5f8000) == 0xf20f0000) /* ADR */
		hold(s, rd,
		     (uint32_t)((at + 4) & ~UINT64_C(3)) +
		             (word >> 23 & 1 ? 0 - (half & 0xfff) : half & 0xfff));
	else if ((word & 0xffff0000) == 0xf8df0000)
		hold_literal(s, word >> 12 & 15, ((at + 4) & ~UINT64_C(3)) + (word & 0xfff));
}

/* Where it goes by a register, or by a literal, that is known; bit 0: to T32 code. */
static bool leads_to(const struct search *s, uint64_t at, bool t32, const struct hvc_a32 *insn,
                     uint64_t *to)
{
	const uint32_t word = insn->word;
	const unsigned rm = t32 ? word >> 3 & 15 : word & 15;
	uint64_t literal =
	        t32 ? ((at + 4) & ~UINT64_C(3)) + (word & 0xfff) : at + 8 + (word & 0xfff);
	uint32_t value;

	if (insn->kind == HVC_A32_BRANCH) {
		*to = insn->target | (insn->exchange ? !t32 : t32);
		return true;
	}
	if (insn->kind != HVC_A32_INDIRECT)
		return false;
	if ((word & 0xfffff000) == (t32 ? 0xf8dff000 : 0xe59ff000) &&
	    hvc_walk__word(s->image, literal, &value)) {
		*to = value;
		return true;
	}
	/* BX, BLX */
	*to = s->held[rm];
	return s->known >> rm & 1 && (t32 ? insn->size == 2 && (word & 0xff07) == 0x4700
	                                  : (word & 0x0fffffd0) == 0x012fff10);
}

/* Code from an address on, in a line, to where nothing gets past. */
static void read_line(struct search *s, uint64_t at, bool t32)
{
	struct hvc_a32 insn;
	uint64_t to;
	uint32_t bits;

	for (; s->visited < s->limit && hvc_walk__code(s->image, at, t32, &bits); at += insn.size) {
		for (unsigned i = 0; i < s->visited; i++)
			if (s->seen[i] == (at | t32))
				return;
		s->seen[s->visited++] = at | t32;
		hvc_a32__decode(at, bits, t32, &insn);
		if (s->visit)
			s->visit(s->ctx, &insn);
		if (!t32)
			a32(s, at, bits);
		else if (insn.size == 2)
			t32_narrow(s, at, insn.word);
		else
			t32_wide(s, at, insn.word);
		if (s->open < OPEN_MAX && leads_to(s, at, t32, &insn, &to))
			s->line[s->open++] = to;
		if (!insn.conditional && !insn.link &&
		    (insn.kind == HVC_A32_BRANCH || insn.kind == HVC_A32_INDIRECT ||
		     insn.kind == HVC_A32_ERET || insn.kind == HVC_A32_UDF))
			return;
	}
}

static void read_all(struct search *s)
{
	while (s->open) {
		uint64_t at = s->line[--s->open];

		read_line(s, at & ~UINT64_C(1), at & 1);
	}
}

void hvc_walk__a32(const struct hvc_image *image, uint64_t entry, unsigned limit,
                   void (*visit)(void *ctx, const struct hvc_a32 *insn), void *ctx)
{
	struct search s = {.image = image,
	                   .visit = visit,
	                   .ctx = ctx,
	                   .limit = limit < VISITED_MAX ? limit : VISITED_MAX,
	                   .line = {entry},
	                   .open = 1};

	read_all(&s);
}

enum hvc_status hvc_constant__find_a32(const struct hvc_image *image, bool t32,
                                       struct hvc_constant **out, size_t *count)
{
	struct search *s = calloc(1, sizeof *s);
	struct hvc_constant *found = calloc(FOUND_MAX, sizeof *found);

	if (!s || !found) {
		free(s);
		free(found);
		return HVC_E_NOMEM;
	}
	s->image = image;
	s->found = found;
	s->limit = VISITED_MAX;
	for (uint64_t slot = 0; slot < HVC_HYP_TABLE_SIZE; slot += 4)
		read_line(s, image->vectors + slot, t32);
	read_all(s);
	*out = found;
	*count = s->count;
	free(s);
	return HVC_OK;
}
