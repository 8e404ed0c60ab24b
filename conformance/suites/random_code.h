/* SPDX-License-Identifier: MIT */
/**
 * Random EL2 code, biased to what has state behind it: system instructions, stores near the
 * machine's own memory, FP/SIMD, returns. What it is depends on a seed and nothing else.
 */
#ifndef RANDOM_CODE_H
#define RANDOM_CODE_H

#include "tiny_image.h"

#define RANDOM_SNIPPETS 32u
#define RANDOM_WORDS    16u /* a snippet, the ERET included */

/* xorshift64* (Vigna 2016) */
static inline uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(0x2545f4914f6cdd1d);
}

static inline unsigned random_below(uint64_t *seed, unsigned limit)
{
	return (unsigned)((random_next(seed) >> 32) % limit);
}

/* CRn, CRm pairs of op0 3 and 2 in which registers live (Arm ARM D24). */
static inline uint32_t random_name(uint64_t *seed)
{
	static const uint8_t op1[] = {0, 0, 0, 1, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5, 6, 7};
	static const uint8_t crs[][2] = {
	        {0, 0},  {0, 2},   {0, 3},   {0, 4},   {0, 5},  {0, 6},  {0, 7},  {1, 0},
	        {1, 1},  {1, 2},   {1, 3},   {2, 0},   {2, 1},  {2, 2},  {2, 3},  {2, 4},
	        {3, 0},  {4, 0},   {4, 1},   {4, 2},   {4, 3},  {4, 4},  {4, 5},  {5, 1},
	        {5, 2},  {5, 3},   {6, 0},   {7, 4},   {9, 12}, {9, 13}, {9, 14}, {10, 2},
	        {10, 3}, {12, 0},  {12, 1},  {13, 0},  {14, 0}, {14, 1}, {14, 2}, {14, 3},
	        {14, 8}, {14, 11}, {14, 12}, {14, 15}, {15, 0}, {15, 1}, {15, 2}, {15, 3},
	};
	unsigned row = random_below(seed, sizeof crs / sizeof *crs);

	switch (random_below(seed, 8)) {
	case 0: /* the debug registers */
		return SYS(2, random_below(seed, 8) ? 0 : random_below(seed, 8),
		           random_below(seed, 2), random_below(seed, 16), random_below(seed, 8));
	case 1:
		return (uint32_t)random_next(seed) & UINT32_C(0x1fffe0);
	case 2:
	case 3:
		return sys_name((enum hvc_reg)(HVC_REG_SP_EL0 +
		                               random_below(seed, HVC_REG_COUNT - HVC_REG_SP_EL0)));
	default:
		return SYS(3, op1[random_below(seed, sizeof op1)], crs[row][0], crs[row][1],
		           random_below(seed, 8));
	}
}

static inline uint32_t random_system(uint64_t *seed)
{
	uint32_t rt = random_below(seed, 32);

	switch (random_below(seed, 16)) {
	case 0: /* hints and barriers, PSTATE */
		return UINT32_C(0xd5030000) | ((uint32_t)random_next(seed) & 0xffe0) | 31;
	case 1:
		return UINT32_C(0xd5000000) | ((uint32_t)random_next(seed) & 0x7ffe0) | 31;
	case 2: /* TLBI, IC, DC, AT, of EL1 and EL2 */
		return A64_MSR(SYS(1, 4 * random_below(seed, 2), 7 + random_below(seed, 2),
		                   random_below(seed, 16), random_below(seed, 8)),
		               rt);
	case 3: /* DC ZVA and its like */
		return A64_MSR(SYS(1, 3, 7, random_below(seed, 15), 1 + random_below(seed, 4)), rt);
	case 4: /* the counters */
		return A64_MRS(rt, SYS(3, 3, 14, random_below(seed, 4), random_below(seed, 3)));
	case 5:
	case 6:
	case 7:
		return A64_MRS(rt, random_name(seed));
	default:
		return A64_MSR(random_name(seed), rt);
	}
}

/* Loads and stores with a base register, of all sizes; exclusives, atomics, pairs. */
static inline uint32_t random_access(uint64_t *seed)
{
	uint32_t regs = random_below(seed, 32) << 5 | random_below(seed, 32);
	uint32_t size = random_below(seed, 4) << 30;

	switch (random_below(seed, 8)) {
	case 0: /* exclusive and ordered */
		return UINT32_C(0x08000000) | size | ((uint32_t)random_next(seed) & 0xfffc00) |
		       regs;
	case 1: /* pairs */
		return UINT32_C(0x28000000) | ((uint32_t)random_next(seed) & 0xd7fffc00) | regs;
	case 2: /* atomics, register offset, unscaled */
		return UINT32_C(0x38000000) | ((uint32_t)random_next(seed) & 0xc7fffc00) | regs;
	case 3: /* literal */
		return UINT32_C(0x18000000) | ((uint32_t)random_next(seed) & 0xc40003ff);
	case 4: /* structures */
		return UINT32_C(0x0c000000) | ((uint32_t)random_next(seed) & 0x41fffc00) | regs;
	default: /* unsigned offset, a small one */
		return UINT32_C(0x39000000) | size | random_below(seed, 2) << 22 |
		       random_below(seed, 16) << 10 | regs;
	}
}

static inline uint32_t random_word(uint64_t *seed)
{
	uint32_t any = (uint32_t)random_next(seed);

	switch (random_below(seed, 20)) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
		return random_system(seed);
	case 8:
	case 9:
	case 10:
	case 11:
		return random_access(seed);
	case 12: /* FP/SIMD data processing */
		return (any & UINT32_C(0xf1ffffff)) | UINT32_C(0x0e000000);
	case 13: /* immediate */
		return (any & UINT32_C(0xe3ffffff)) | UINT32_C(0x10000000);
	case 14:
	case 15: /* register */
		return (any & UINT32_C(0xf1ffffff)) | UINT32_C(0x0a000000);
	case 16: /* a branch, near */
		return any & 1 ? A64_B(4 * (int)random_below(seed, 16) - 32)
		               : UINT32_C(0x34000000) | (any & UINT32_C(0x830000ff));
	case 17:
		return random_below(seed, 4) ? A64_ERET
		                             : (any & UINT32_C(0x007f03e0)) | UINT32_C(0xd6000000);
	case 18:
		return random_below(seed, 4) ? A64_ISB
		                             : (any & UINT32_C(0x00ffffff)) | UINT32_C(0xd4000000);
	default:
		return any;
	}
}

/* Where the snippet of a number begins. */
static inline uint64_t random_place(unsigned snippet)
{
	return TINY_BASE + TINY_CODE + 4ull * RANDOM_WORDS * snippet;
}

/** An image whose slots go to the snippet that x30 points to. */
static inline void random_image(struct tiny_image *image, uint64_t seed)
{
	tiny_init(image, random_next(&seed) >> 40 & 1 ? HVC_CPU_MAX : HVC_CPU_A72);
	for (unsigned slot = 0; slot < HVC_VECTOR_TABLE_SIZE; slot += HVC_VECTOR_SLOT_SIZE)
		tiny_put(image, slot, A64_BR(30));
	for (unsigned n = 0; n < RANDOM_SNIPPETS; n++) {
		uint32_t word[RANDOM_WORDS];

		for (unsigned i = 0; i < RANDOM_WORDS; i++)
			word[i] = random_word(&seed);
		word[RANDOM_WORDS - 1] = A64_ERET;
		memcpy(image->bytes + (random_place(n) - TINY_BASE), word, sizeof word);
	}
	image->config.budget = 3000;
	if (image->world.cpu == HVC_CPU_MAX && random_below(&seed, 3) == 0)
		tiny_set(image, HVC_REG_HCR_EL2, HVC_HCR_RW | HVC_HCR_E2H);
	if (random_below(&seed, 4) == 0)
		tiny_set(image, HVC_REG_CPTR_EL2, random_next(&seed) & 0x300500);
	if (random_below(&seed, 3) == 0)
		image->world.zero_pages = 1 + random_below(&seed, 16);
}

static inline uint64_t random_value(uint64_t *seed)
{
	static const uint64_t bases[] = {
	        HVC_STACK_EL2,  HVC_STACK_EL2 - 64, HVC_EL2_DATA,       HVC_STACK_EL1,
	        HVC_CALLS,      HVC_CALLS,          HVC_SMC_CALLS,      HVC_LANDING,
	        HVC_TRAMPOLINE, HVC_FUNCTION,       HVC_CALLER_VECTORS, HVC_NEW_VECTORS,
	        TINY_BASE,      TINY_BASE + 0x400,  TINY_BASE + 0x1000, TINY_BASE + 0x1000,
	        0x20000000,     0x20000ff8,         UINT64_C(1) << 48,  0,
	};
	uint64_t any = random_next(seed);

	switch (random_below(seed, 8)) {
	case 0:
		return any;
	case 1:
		return any & 0xff;
	case 2:
		return UINT64_C(1) << (any & 63);
	case 3:
		return random_below(seed, 2) ? UINT64_MAX : any & UINT32_MAX;
	case 4: /* an instruction, as a pair of words */
		return random_word(seed) | (uint64_t)random_word(seed) << 32;
	default:
		return bases[random_below(seed, sizeof bases / sizeof *bases)] + (any & 0xfc);
	}
}

static inline void random_call(struct hvc_call *call, uint64_t seed)
{
	static const enum hvc_level levels[8] = {HVC_LEVEL_EL1H, HVC_LEVEL_EL1H, HVC_LEVEL_EL1H,
	                                         HVC_LEVEL_EL1H, HVC_LEVEL_EL1T, HVC_LEVEL_EL2H,
	                                         HVC_LEVEL_EL2T, HVC_LEVEL_EL0};

	hvc_call_init(call, 0);
	call->from = levels[random_below(&seed, 8)];
	call->insn = call->from == HVC_LEVEL_EL1H && random_below(&seed, 8) == 0 ? HVC_INSN_SMC
	                                                                         : HVC_INSN_HVC;
	call->imm =
	        (uint16_t)(random_below(&seed, 2) ? random_below(&seed, 64) : random_next(&seed));
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		call->x[n] = random_value(&seed);
	call->x[30] = random_place(random_below(&seed, RANDOM_SNIPPETS));
	call->nzcv = random_next(&seed) & HVC_PSTATE_NZCV;
	call->daif = random_next(&seed) & HVC_PSTATE_DAIF;
}

#endif
