/* SPDX-License-Identifier: MIT */
/*
 * Vector tables of Hyp mode: eight words, 32 bytes aligned, each a branch or a load of pc, and
 * behind the one for what comes from below, at 0x14, code that uses what only Hyp mode has. T32
 * tables are told by their wide branches.
 */
#include "subject/finder.h"

#include "machine/a32.h"
#include "machine/exception_hyp.h"
#include "subject/walk.h"

#define WORDS (HVC_HYP_TABLE_SIZE / 4)
#define REACH 128u /* instructions looked at behind slot 0x14 */

static bool decode(const struct hvc_image *image, uint64_t address, bool t32, struct hvc_a32 *out)
{
	uint32_t bits = 0;

	if (!hvc_walk__word(image, address, &bits))
		return false;
	hvc_a32__decode(address, bits, t32, out);
	return true;
}

/*
 * Where a slot goes; false: it is none. A load of pc goes to its literal, of which bit 0 is the
 * state there; 0: nobody knows where.
 */
static bool slot(const struct hvc_image *image, uint64_t address, bool t32, uint64_t *target)
{
	struct hvc_a32 insn;
	uint32_t literal = 0;

	if (!decode(image, address, t32, &insn) || insn.size != 4 || insn.conditional || insn.link)
		return false;
	*target = insn.kind == HVC_A32_BRANCH ? insn.target | t32 : 0;
	if (insn.kind == HVC_A32_BRANCH)
		return true;
	if ((insn.word & 0xfffff000) != (t32 ? 0xf8dff000 : 0xe59ff000))
		return false;
	if (hvc_walk__word(image, address + (t32 ? 4 : 8) + (insn.word & 0xfff), &literal))
		*target = literal;
	return true;
}

/* What the code behind a slot uses. */
static void note(void *ctx, const struct hvc_a32 *insn)
{
	struct hvc_candidate *out = ctx;

	out->erets |= insn->kind == HVC_A32_ERET;
	out->reads_esr |= insn->kind == HVC_A32_READ && insn->reg == HVC_REG_ESR_EL2;
	out->writes_vbar |= insn->kind == HVC_A32_WRITE && insn->reg == HVC_REG_VBAR_EL2;
}

bool hvc_finder__is_hyp(const struct hvc_image *image, uint64_t table, struct hvc_candidate *out)
{
	uint64_t target[WORDS];

	for (unsigned t32 = 0; t32 < 2; t32++) {
		unsigned slots = 0;

		*out = (struct hvc_candidate){.address = table};
		/* The first is of a reset: some tables have nothing there. */
		for (unsigned i = 0; i < WORDS; i++) {
			uint64_t address = table + 4 * (uint64_t)i;

			slots += slot(image, address, t32, &target[i]);
			out->live += slot(image, address, t32, &target[i]) &&
			             target[i] != (address | t32);
		}
		if (slots < WORDS - 1 || !slot(image, table + HVC_HYP_TRAP, t32, &target[0]) ||
		    target[0] == (table + HVC_HYP_TRAP) + t32 || !target[0])
			continue;
		hvc_walk__a32(image, target[0], REACH, note, out);
		/* Vectors of EL1 have no ERET, and nothing of Hyp mode's. */
		out->score = (out->erets ? 3 : 0) + (out->writes_vbar ? 4 : 0) +
		             (out->reads_esr ? 3 : 0);
		if (out->score)
			return true;
	}
	return false;
}

bool hvc_finder__is_t32(const struct hvc_image *image)
{
	const uint64_t trap = image->vectors + HVC_HYP_TRAP;
	uint64_t target;

	return image->aarch32 && slot(image, trap, true, &target) &&
	       !slot(image, trap, false, &target);
}
