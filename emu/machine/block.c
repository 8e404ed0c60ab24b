/* SPDX-License-Identifier: MIT */
/*
 * A system register only changes by an MSR, and a level only drops by an ERET. So one look at
 * each block's code tells which registers have to be read after it, and whether the block after
 * it needs its exception level checked; a call through blocks with neither costs nothing.
 */
#include <string.h>

#include "machine/access.h"
#include "machine/internal.h"
#include "machine/parts.h"
#include "machine/trap.h"
#include "machine/vhe.h"

#include "base/random.h"
#include "machine/reg.h"

#define WORD_ERET   UINT32_C(0xd69f03e0)
#define WORD_ERETAA UINT32_C(0xd69f0bff) /* and ERETAB, with bit 10 */
#define WORD_SELF   UINT32_C(0x14000000)

#define LOOK_WORDS 64u /* read at a time: asking the engine costs more than looking */

/* SME, whose state the SVE registers are part of (Arm ARM C4.1, bits 31 and 28:25). */
static bool is_sme(uint32_t word)
{
	return (word >> 25 & 15) == 0 && word >> 31;
}

/* Reading FPCR or FPSR needs FP/SIMD enabled, and changes nothing. */
static bool reads_only(uint32_t word)
{
	struct hvc_vhe_access access;

	return hvc_vhe__decode(word, &access) && access.read;
}

static void add_simd(struct hvc_block *block, uint32_t at, uint32_t word)
{
	enum hvc_trap_kind kind = hvc_trap__kind(word);

	if (kind == HVC_TRAP_NONE) {
		block->simd |= is_sme(word);
		return;
	}
	block->may_stop = true;
	block->simd |= !reads_only(word);
	if (kind == HVC_TRAP_FP && block->fp_at == BLOCK_NOWHERE)
		block->fp_at = at;
	if (kind == HVC_TRAP_SVE && block->sve_at == BLOCK_NOWHERE)
		block->sve_at = at;
}

/* AT, a SYS with CRn 7 and CRm 8 or 9, writes PAR_EL1. */
static bool is_at(uint32_t word)
{
	return (word & UINT32_C(0xfff8fe00)) == UINT32_C(0xd5087800);
}

/*
 * What HCR_EL2.E2H makes of a name may differ from call to call: both registers that it can reach
 * count as written.
 */
static void add_msr(struct hvc_block *block, const uint8_t name[static 5])
{
	enum hvc_reg reg = hvc_reg__find_sys(name[0], name[1], name[2], name[3], name[4]);
	enum hvc_reg other = HVC_REG_NONE;
	uint8_t t[5];

	if (reg == HVC_REG_NZCV || reg == HVC_REG_DAIF)
		return;
	if (name[0] == 3 && name[1] == 3 && name[2] == 4 && name[3] == 4 && name[4] < 2)
		return; /* FPCR, FPSR: see add_simd */
	if (hvc_vhe__target(name, t))
		other = hvc_reg__find_sys(t[0], t[1], t[2], t[3], t[4]);
	if (reg != HVC_REG_NONE)
		hvc_regset_add(&block->writes, reg);
	if (other != HVC_REG_NONE)
		hvc_regset_add(&block->writes, other);
	if (reg == HVC_REG_NONE) {
		if (block->untracked < BLOCK_UNTRACKED_MAX)
			block->other[block->untracked] =
			        HVC_OTHER_SYS(name[0], name[1], name[2], name[3], name[4]);
		block->untracked++;
	}
}

static void look(struct hvc_block *block, struct hvc_engine *engine)
{
	struct hvc_a64_alignment alignment;
	struct hvc_vhe_access access;
	uint32_t words[LOOK_WORDS], word = 0;

	for (uint32_t at = 0; at + 4 <= block->size; at += 4) {
		if (at / 4 % LOOK_WORDS == 0) {
			uint32_t left = (block->size - at) & ~3u;

			if (!hvc_engine__read(engine, block->address + at, words,
			                      left < sizeof words ? left : sizeof words))
				break;
		}
		word = words[at / 4 % LOOK_WORDS];
		add_simd(block, at, word);
		block->effects |= hvc_plain__effects(word);
		if (hvc_own__may(word) || hvc_traps__may(word))
			block->own = block->may_stop = true;
		block->accesses |= hvc_a64__alignment(word, &alignment) &&
		                   (alignment.checked > 1 || alignment.stack);
		block->stack |= hvc_traps__tilts(word);
		if (hvc_vhe__decode(word, &access) && !access.read)
			add_msr(block, access.name);
		else if (is_at(word))
			hvc_regset_add(&block->writes, HVC_REG_PAR_EL1);
	}
	block->erets = word == WORD_ERET || (word & ~(UINT32_C(1) << 10)) == WORD_ERETAA;
	block->self_branch = block->size == 4 && word == WORD_SELF;
	block->count = block->size / 4;
}

/* Data a multiple of some power of two away must not look like code. */
static unsigned line_of(uint64_t address)
{
	return (unsigned)(address / BLOCK_LINE_SIZE * HVC_RANDOM_STEP >> 32) & (BLOCK_LINES - 1);
}

static void mark(struct hvc_blocks *blocks, uint64_t address)
{
	unsigned line = line_of(address);

	blocks->lines[line / 64] |= UINT64_C(1) << line % 64;
}

static bool is_marked(const struct hvc_blocks *blocks, uint64_t address)
{
	unsigned line = line_of(address);

	return blocks->lines[line / 64] >> line % 64 & 1;
}

const struct hvc_block *hvc_block__find(struct hvc_blocks *blocks, struct hvc_engine *engine,
                                        uint64_t address, uint32_t size, bool t32)
{
	struct hvc_block *block = &blocks->row[address >> 2 & (BLOCK_ROWS - 1)];

	blocks->fresh = false;
	if (block->address == address && block->size == size && block->t32 == t32)
		return block;
	memset(block, 0, sizeof *block);
	block->address = address;
	block->size = size;
	block->t32 = t32;
	block->fp_at = block->sve_at = BLOCK_NOWHERE;
	if (blocks->hyp)
		hvc_block__look_hyp(block, engine, t32);
	else
		look(block, engine);
	for (uint64_t at = address & ~(uint64_t)(BLOCK_LINE_SIZE - 1); at < address + size;
	     at += BLOCK_LINE_SIZE)
		mark(blocks, at);
	blocks->fresh = true;
	return block;
}

bool hvc_block__store(struct hvc_blocks *blocks, uint64_t address, unsigned size)
{
	if (!is_marked(blocks, address) && !is_marked(blocks, address + size - 1))
		return false;
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		struct hvc_block *block = &blocks->row[i];

		if (block->size && address < block->address + block->size &&
		    block->address < address + size)
			block->size = 0;
	}
	return true;
}

void hvc_block__forget(struct hvc_blocks *blocks)
{
	bool hyp = blocks->hyp;

	memset(blocks, 0, sizeof *blocks);
	blocks->hyp = hyp;
}
