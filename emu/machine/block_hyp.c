/* SPDX-License-Identifier: MIT */
/* What a block of A32 or T32 code can do. See block.c. */

#include "hvcheck/aarch32.h"
#include "machine/a32.h"
#include "machine/internal.h"
#include "machine/parts.h"

#define COND_AL 14u

static void add_write(struct hvc_block *block, const struct hvc_a32 *insn)
{
	if (insn->psr)
		return;
	if (insn->reg == HVC_REG_NONE) {
		/* Maintenance by CRn 7 and 8 changes nothing that is compared. */
		block->untracked += insn->encoding[2] != 7 && insn->encoding[2] != 8;
	} else {
		block->banks |= insn->reg <= HVC_REG_X30;
		if (insn->reg > HVC_REG_X30)
			hvc_regset_add(&block->writes, insn->reg);
	}
}

void hvc_block__look_hyp(struct hvc_block *block, struct hvc_engine *engine, bool t32)
{
	struct hvc_a32 insn = {.size = 0};
	uint32_t at = 0;

	unsigned it = 0; /* of T32, PSTATE.IT */

	for (; at + (t32 ? 2 : 4) <= block->size; at += insn.size) {
		uint32_t left = block->size - at, bits = 0;

		if (!hvc_engine__read(engine, block->address + at, &bits, left < 4 ? left : 4))
			break;
		hvc_a32__decode(block->address + at, bits, t32, &insn);
		block->count++;
		block->simd |= insn.simd;
		if (insn.effects)
			block->effects |= HVC_EFFECT_CPU;
		if (insn.kind == HVC_A32_WRITE)
			add_write(block, &insn);
		block->elr_cond = (uint8_t)(!t32 ? insn.word >> 28 : it ? it >> 4 : COND_AL);
		if (t32 && (insn.word & 0xffffff00) == 0xbf00 && insn.word & 15)
			it = insn.word & 0xff;
		else
			it = hvc_aarch32_it_advance(it);
	}
	/* The library translates nothing behind it. */
	block->elr = insn.kind == HVC_A32_WRITE && insn.reg == HVC_REG_ELR_EL2;
	block->elr_rt = insn.rt;
	block->erets = insn.kind == HVC_A32_ERET;
	block->self_branch = block->count == 1 && insn.kind == HVC_A32_BRANCH &&
	                     !insn.conditional && !insn.exchange && insn.target == block->address;
}
