/* SPDX-License-Identifier: MIT */
/*
 * The vectors under QEMU. The first instruction of each gives way to the SMC that makes the entry
 * known. A branch is made by the program; anything else is executed where there is room, behind
 * the image, with a branch behind it that leads back.
 */
#include "hvcheck/arch.h"
#include "machine/a32.h"
#include "machine/exception_hyp.h"
#include "machine/internal.h"
#include "oracle/wire.h"

#define WORD_STAY UINT32_C(0x14000000) /* b . */
#define PARK_LOOK 8u                   /* instructions in which code that parks does so */

/* What stands in a slot. */
struct first {
	uint64_t pc;
	uint32_t word;
	bool branches; /* and no more, to `target` */
	uint64_t target;
	bool pinned; /* it means another thing elsewhere */
	bool parks;  /* it never gives an answer: a loop, or one exception after the other */
};

/* B, BL, B.cond, CBZ, CBNZ, TBZ, TBNZ, ADR, ADRP, LDR (literal). */
static bool needs_its_place(uint32_t word)
{
	return (word & UINT32_C(0x7c000000)) == UINT32_C(0x14000000) ||
	       (word & UINT32_C(0xff000010)) == UINT32_C(0x54000000) ||
	       (word & UINT32_C(0x7c000000)) == UINT32_C(0x34000000) ||
	       (word & UINT32_C(0x1f000000)) == UINT32_C(0x10000000) ||
	       (word & UINT32_C(0x3b000000)) == UINT32_C(0x18000000);
}

static uint64_t branch_target(uint64_t pc, uint32_t word)
{
	uint64_t offset = word & UINT32_C(0x03ffffff);

	return pc + ((offset ^ UINT64_C(0x2000000)) - UINT64_C(0x2000000)) * 4;
}

/* UDF, and SVC, HVC, BRK, HLT, DCPS: a vector that begins with one leads to itself for ever. */
static bool is_an_exception(uint32_t word)
{
	return word >> 16 == 0 || (word >> 24 == 0xd4 && (word & 0xffe0001f) != 0xd4000003);
}

static bool fetch(const void *ctx, uint64_t pc, uint32_t *word)
{
	*word = hvc_oracle__image_word(ctx, pc);
	return *word != 0;
}

static struct first look(const struct hvc_oracle_plan *plan, uint64_t pc)
{
	const struct hvc_image *image = &plan->config->image;
	struct first out = {.pc = pc, .word = hvc_oracle__image_word(image, pc)};

	out.branches = (out.word & UINT32_C(0xfc000000)) == WORD_STAY;
	out.target = branch_target(pc, out.word);
	out.pinned = needs_its_place(out.word);
	out.parks = is_an_exception(out.word) || hvc_nested__parks(fetch, image, pc);
	return out;
}

static void decode(const struct hvc_oracle_plan *plan, uint64_t pc, struct hvc_a32 *out)
{
	uint64_t low = pc & ~UINT64_C(3);
	uint64_t bits = hvc_oracle__image_word(&plan->config->image, low) |
	                (uint64_t)hvc_oracle__image_word(&plan->config->image, low + 4) << 32;

	hvc_a32__decode(pc, (uint32_t)(bits >> (pc & 2) * 8), plan->t32, out);
}

static bool parks_hyp(const struct hvc_oracle_plan *plan, uint64_t pc)
{
	struct hvc_a32 insn;

	for (unsigned i = 0; i < PARK_LOOK; i++) {
		decode(plan, pc, &insn);
		if (insn.conditional || insn.link)
			return false;
		if (insn.kind == HVC_A32_BRANCH && insn.target <= pc && pc - insn.target < 32)
			return true;
		if (insn.kind == HVC_A32_SVC || insn.kind == HVC_A32_HVC ||
		    insn.kind == HVC_A32_UDF)
			return true;
		if (insn.kind != HVC_A32_BRANCH && insn.kind != HVC_A32_HINT)
			return false;
		pc = insn.kind == HVC_A32_BRANCH ? insn.target : pc + insn.size;
	}
	return false;
}

/* Of Hyp mode: B, LDR pc, [pc, #n], or what has no operand in pc. */
static struct first look_hyp(const struct hvc_oracle_plan *plan, uint64_t pc)
{
	struct first out = {.pc = pc, .word = hvc_oracle__image_word(&plan->config->image, pc)};
	uint32_t ahead = plan->t32 ? 4 : 8;
	struct hvc_a32 insn;

	decode(plan, pc, &insn);
	out.parks = parks_hyp(plan, pc);
	out.branches = insn.kind == HVC_A32_BRANCH && !insn.conditional && !insn.link;
	out.target = insn.target;
	if ((insn.word & 0xfffff000) == (plan->t32 ? 0xf8dff000 : 0xe59ff000)) {
		out.target = hvc_oracle__image_word(&plan->config->image,
		                                    pc + ahead + (insn.word & 0xfff));
		out.branches = (out.target & 1) == plan->t32;
		out.target &= ~UINT64_C(1);
	}
	out.pinned = insn.kind == HVC_A32_BRANCH || insn.kind == HVC_A32_INDIRECT ||
	             insn.size != 4 || (insn.word >> 16 & 15) == 15 ||
	             (!plan->t32 && insn.kind == HVC_A32_OTHER && !(insn.word >> 25 & 1) &&
	              (insn.word & 15) == 15);
	return out;
}

/* Back behind a word that has been moved to `at`. */
static uint32_t back(const struct hvc_oracle_plan *plan, uint64_t pc, uint64_t at)
{
	uint64_t offset = pc + 4 - (at + 4);
	uint32_t s, i1, i2, half;

	if (!plan->hyp)
		return WORD_STAY | (uint32_t)(offset / 4 & 0x3ffffff);
	if (!plan->t32)
		return 0xea000000 | (uint32_t)((offset - 8) / 4 & 0xffffff);
	half = (uint32_t)(offset - 4) >> 1;
	s = half >> 23 & 1;
	i1 = ~(half >> 22 ^ s) & 1;
	i2 = ~(half >> 21 ^ s) & 1;
	return 0x9000f000 | s << 10 | (half >> 11 & 0x3ff) | i1 << 29 | i2 << 27 |
	       (half & 0x7ff) << 16;
}

/*
 * A vector that branches to another one goes on where that one does: the SMC there would be taken
 * for another exception. A ring of them is left as it is.
 */
static void follow_vectors(struct hvc_oracle_plan *plan)
{
	const uint64_t vectors = plan->config->image.vectors;
	const uint64_t stride = plan->header.stride;

	for (unsigned slot = 0; slot < plan->header.slots; slot++)
		for (unsigned n = 0; n < plan->header.slots; n++) {
			uint64_t offset = (plan->header.slot[slot] & ~UINT64_C(1)) - vectors;

			if (offset >> stride >= plan->header.slots ||
			    offset >> stride << stride != offset)
				break;
			plan->header.slot[slot] =
			        (plan->header.slot[offset >> stride] & ~UINT64_C(1)) |
			        (plan->header.slot[slot] & 1);
		}
}

/* Is a vector one of exceptions at EL2? */
static bool is_of_el2(const struct hvc_oracle_plan *plan, unsigned slot)
{
	return plan->hyp ? slot > 0 && slot < HVC_HYP_TRAP / 4 : slot < 8;
}

enum hvc_status hvc_oracle__plan_vectors(struct hvc_oracle_plan *plan, struct hvc_diag *diag)
{
	plan->header.slots = plan->hyp ? HVC_HYP_TABLE_SIZE / 4 : 16;
	plan->header.stride = plan->hyp ? 2 : 7;
	for (unsigned slot = 0; slot < plan->header.slots; slot++) {
		uint64_t pc = plan->config->image.vectors + (slot << plan->header.stride);
		uint64_t moved = plan->room + 8 * slot;
		struct first first = plan->hyp ? look_hyp(plan, pc) : look(plan, pc);

		plan->moved[slot][0] = first.word;
		plan->moved[slot][1] = back(plan, pc, moved);
		plan->header.slot[slot] = first.branches ? first.target : moved;
		if (first.pinned && !first.branches)
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
			                    "the oracle cannot move the first instruction of the "
			                    "vector at 0x%llx",
			                    (unsigned long long)pc);
		/* An exception at EL2 may have an answer there: the program goes on with it. */
		if (is_of_el2(plan, slot) && !first.parks)
			plan->header.slot[slot] |= 1;
	}
	follow_vectors(plan);
	return HVC_OK;
}
