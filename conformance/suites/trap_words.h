/* SPDX-License-Identifier: MIT */
/**
 * Instructions that CPTR_EL2 may trap at EL2, worlds in which it does, and the exception class
 * that the Arm ARM (DDI 0487) says: AArch64.CheckFPAdvSIMDEnabled, CheckSVEEnabled; CPTR_EL2.
 */
#ifndef TRAP_WORDS_H
#define TRAP_WORDS_H

#include "tiny_image.h"

#define TRAP_AT         (TINY_LOWER + 8u)
#define TRAP_FMOV_D0_X0 UINT32_C(0x9e670000)
#define TRAP_STR_Q0_X1  UINT32_C(0x3d800020)

/* A64 (Arm ARM C6.2, C7.2, C8.2). x0 and x1 are addresses of memory. */
static const struct {
	uint32_t word;
	bool fp, sve; /* what has to be enabled; SVE needs both */
} trap_words[] = {
        {TRAP_FMOV_D0_X0, true, false},       /* fmov d0, x0 */
        {UINT32_C(0x4ea21c20), true, false},  /* mov v0.16b, v1.16b and v2 */
        {UINT32_C(0x3dc00020), true, false},  /* ldr q0, [x1] */
        {UINT32_C(0xad400420), true, false},  /* ldp q0, q1, [x1] */
        {UINT32_C(0x4c407020), true, false},  /* ld1 {v0.16b}, [x1] */
        {UINT32_C(0x9c000040), true, false},  /* ldr q0, the literal 8 bytes on */
        {UINT32_C(0xd51b4402), true, false},  /* msr fpcr, x2 */
        {UINT32_C(0xd53b4423), true, false},  /* mrs x3, fpsr */
        {UINT32_C(0x2518e3e0), true, true},   /* ptrue p0.b */
        {UINT32_C(0x04603000), true, true},   /* orr z0.d, z0.d, z0.d */
        {A64_NOP, false, false},              /* nop */
        {UINT32_C(0xd53bd043), false, false}, /* mrs x3, tpidr_el0 */
        {UINT32_C(0xf9400023), false, false}, /* ldr x3, [x1] */
        {UINT32_C(0x9bc07c43), false, false}, /* umulh x3, x2, x0 */
};

#define TRAP_WORDS (sizeof trap_words / sizeof *trap_words)

/* CPTR_EL2: TFP is bit 10 and TZ bit 8 while E2H is clear; FPEN 21:20 and ZEN 17:16 with it. */
static const struct {
	enum hvc_cpu cpu;
	bool e2h;
	uint64_t cptr;
	bool fp, sve; /* trapped */
} trap_worlds[] = {
        {HVC_CPU_A72, false, 0, false, false},
        {HVC_CPU_A72, false, 0x33ff, false, true}, /* no SVE to trap */
        {HVC_CPU_A72, false, 0x400, true, false},
        {HVC_CPU_A72, false, 0x300000, false, false},
        {HVC_CPU_MAX, false, 0, false, false},
        {HVC_CPU_MAX, false, 0x100, false, true},
        {HVC_CPU_MAX, false, 0x400, true, false},
        {HVC_CPU_MAX, false, 0x500, true, true},
        {HVC_CPU_MAX, true, 0, true, true},
        {HVC_CPU_MAX, true, 0x030000, true, false},
        {HVC_CPU_MAX, true, 0x300000, false, true},
        {HVC_CPU_MAX, true, 0x330000, false, false},
        {HVC_CPU_MAX, true, 0x110000, false, false}, /* 0b01 traps EL0 only */
        {HVC_CPU_MAX, true, 0x220000, true, true},   /* 0b10 is 0b00 */
};

#define TRAP_WORLDS (sizeof trap_worlds / sizeof *trap_worlds)

/** HVC_EC_UNKNOWN: not trapped, or UNDEFINED. SVE is asked first. */
static inline enum hvc_ec trap_expected(size_t w, size_t i)
{
	if (trap_words[i].sve && trap_worlds[w].cpu != HVC_CPU_MAX)
		return HVC_EC_UNKNOWN;
	if (trap_words[i].sve && trap_worlds[w].sve)
		return HVC_EC_SVE;
	return trap_words[i].fp && trap_worlds[w].fp ? HVC_EC_FP : HVC_EC_UNKNOWN;
}

/** Unicorn has no SVE to execute, on any CPU model. */
static inline bool trap_returns(size_t w, size_t i)
{
	return !trap_words[i].sve && trap_expected(w, i) == HVC_EC_UNKNOWN;
}

/** In this world: x4 + 1, the instruction at TRAP_AT, x5 + 1. */
static inline void trap_image(struct tiny_image *image, size_t w, size_t i)
{
	tiny_init(image, trap_worlds[w].cpu);
	if (trap_worlds[w].e2h)
		tiny_set(image, HVC_REG_HCR_EL2, HVC_HCR_RW | HVC_HCR_E2H);
	tiny_set(image, HVC_REG_CPTR_EL2, trap_worlds[w].cptr);
	tiny_put(image, TINY_LOWER, A64_NOP, A64_ADD(4, 4, 1), trap_words[i].word, A64_ADD(5, 5, 1),
	         A64_ERET, 0, 0, 0, 0);
}

#endif
