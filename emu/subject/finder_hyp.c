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
#define OPEN  16u  /* branches that wait */

static bool decode(const struct hvc_image *image, uint64_t address, bool t32, struct hvc_a32 *out)
{
	uint32_t bits = 0;

	if (!hvc_walk__word(image, address, &bits))
		return false;
	hvc_a32__decode(address, bits, t32, out);
	return true;
}

/* Where a slot goes; false: it is none. A load of pc goes nobody knows where. */
static bool slot(const struct hvc_image *image, uint64_t address, bool t32, uint64_t *target)
{
	struct hvc_a32 insn;

	if (!decode(image, address, t32, &insn) || insn.size != 4 || insn.conditional || insn.link)
		return false;
	*target = insn.kind == HVC_A32_BRANCH ? insn.target : 0;
	return insn.kind == HVC_A32_BRANCH ||
	       (insn.word & 0xfffff000) == (t32 ? 0xf8dff000 : 0xe59ff000);
}

/* What the code at an address uses. */
static void look(const struct hvc_image *image, uint64_t address, bool t32,
                 struct hvc_candidate *out)
{
	uint64_t open[OPEN] = {address};
	unsigned count = 1, left = REACH;
	struct hvc_a32 insn;

	while (count && left) {
		address = open[--count];
		for (; left && decode(image, address, t32, &insn); address += insn.size) {
			left--;
			out->erets |= insn.kind == HVC_A32_ERET;
			out->reads_esr |= insn.kind == HVC_A32_READ && insn.reg == HVC_REG_ESR_EL2;
			out->writes_vbar |=
			        insn.kind == HVC_A32_WRITE && insn.reg == HVC_REG_VBAR_EL2;
			if (insn.kind == HVC_A32_BRANCH && !insn.link && insn.target != address &&
			    count < OPEN)
				open[count++] = insn.target;
			if ((insn.kind == HVC_A32_BRANCH && !insn.link && !insn.conditional) ||
			    (insn.kind == HVC_A32_INDIRECT && !insn.link && !insn.conditional) ||
			    insn.kind == HVC_A32_ERET || insn.kind == HVC_A32_UDF)
				break;
		}
	}
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
			out->live += slot(image, address, t32, &target[i]) && target[i] != address;
		}
		if (slots < WORDS - 1 || !slot(image, table + HVC_HYP_TRAP, t32, &target[0]) ||
		    target[0] == table + HVC_HYP_TRAP || !target[0])
			continue;
		look(image, target[0], t32, out);
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
