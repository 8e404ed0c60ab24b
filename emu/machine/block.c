/* SPDX-License-Identifier: MIT */
/*
 * A system register only changes by an MSR, and a level only drops by an ERET. So one look at
 * each block's code tells which registers have to be read after it, and whether the block after
 * it needs its exception level checked; a call through blocks with neither costs nothing.
 */
#include <string.h>

#include "machine/internal.h"

#define WORD_ERET UINT32_C(0xd69f03e0)
#define WORD_SELF UINT32_C(0x14000000)

/* MSR (register): 1101 0101 000 1 o0 op1 CRn CRm op2 Rt (Arm ARM C6.2, MSR (register)). */
static bool is_msr(uint32_t word)
{
	return (word & UINT32_C(0xfff00000)) == UINT32_C(0xd5100000);
}

/* AT, a SYS with CRn 7 and CRm 8 or 9, writes PAR_EL1. */
static bool is_at(uint32_t word)
{
	return (word & UINT32_C(0xfff8fe00)) == UINT32_C(0xd5087800);
}

static void add_msr(struct hvc_block *block, uint32_t word)
{
	uint8_t e[5] = {(uint8_t)(2 + (word >> 19 & 1)), (uint8_t)(word >> 16 & 7),
	                (uint8_t)(word >> 12 & 15), (uint8_t)(word >> 8 & 15),
	                (uint8_t)(word >> 5 & 7)};
	/* op1 5 is the _EL12 alias of an EL1 register, for an EL2 host */
	enum hvc_reg reg = hvc_reg_find_sys(e[0], e[1] == 5 ? 0 : e[1], e[2], e[3], e[4]);

	if (reg == HVC_REG_NZCV || reg == HVC_REG_DAIF)
		return;
	if (reg == HVC_REG_HCR_EL2) {
		/* E2H redirects EL1 names to EL2 registers: anything may change from here on */
		block->writes = (struct hvc_regset){{UINT64_MAX, UINT64_MAX}};
	} else if (reg != HVC_REG_NONE) {
		hvc_regset_add(&block->writes, reg);
	} else {
		if (block->untracked < BLOCK_UNTRACKED_MAX)
			memcpy(block->encoding[block->untracked], e, sizeof e);
		block->untracked++;
	}
}

static void look(struct hvc_block *block, struct hvc_engine *engine)
{
	uint32_t word = 0;

	for (uint32_t at = 0; at + 4 <= block->size; at += 4) {
		if (!hvc_engine__read(engine, block->address + at, &word, 4))
			break;
		if (is_msr(word))
			add_msr(block, word);
		else if (is_at(word))
			hvc_regset_add(&block->writes, HVC_REG_PAR_EL1);
	}
	block->erets = word == WORD_ERET;
	block->self_branch = block->size == 4 && word == WORD_SELF;
}

const struct hvc_block *hvc_block__find(struct hvc_blocks *blocks, struct hvc_engine *engine,
                                        uint64_t address, uint32_t size)
{
	struct hvc_block *block = &blocks->row[address >> 2 & (BLOCK_ROWS - 1)];

	if (block->address == address && block->size == size)
		return block;
	memset(block, 0, sizeof *block);
	block->address = address;
	block->size = size;
	look(block, engine);
	if (blocks->hi == 0 || address < blocks->lo)
		blocks->lo = address;
	if (address + size > blocks->hi)
		blocks->hi = address + size;
	return block;
}

void hvc_block__forget(struct hvc_blocks *blocks)
{
	memset(blocks, 0, sizeof *blocks);
}
