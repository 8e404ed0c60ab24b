/* SPDX-License-Identifier: MIT */
/**
 * FP/SIMD and SVE as CPTR_EL2 traps them at EL2. Internal; pure functions. Source: Arm ARM (DDI
 * 0487) AArch64.CheckFPAdvSIMDEnabled, CheckSVEEnabled; D24, CPTR_EL2 and ZCR_EL2.
 */
#ifndef MACHINE_TRAP_H
#define MACHINE_TRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/arch.h"

/** What an instruction needs to be enabled. */
enum hvc_trap_kind {
	HVC_TRAP_NONE,
	HVC_TRAP_FP,  /**< FP/SIMD data processing, loads and stores; FPCR and FPSR */
	HVC_TRAP_SVE, /**< SVE, which needs FP/SIMD as well */
};

enum hvc_trap_kind hvc_trap__kind(uint32_t word);

/** Is FP/SIMD, or SVE, trapped at EL2? host: HCR_EL2.E2H gives CPTR_EL2 its other layout. */
bool hvc_trap__fp(uint64_t cptr, bool host);
bool hvc_trap__sve(uint64_t cptr, bool host);

/** HVC_EC_FP or HVC_EC_SVE, or HVC_EC_UNKNOWN where it is not trapped. */
enum hvc_ec hvc_trap__class(enum hvc_trap_kind kind, uint64_t cptr, bool host);

/**
 * Registers that hold what is written to them, whatever the engine's do: first those that trap
 * FP/SIMD and SVE, CPACR_EL1, CPTR_EL2 and CPTR_EL3, which only a world has; then those that are
 * IMPLEMENTATION DEFINED, ACTLR, AFSR0, AFSR1, AMAIR and HACR, and zero for ever to the engine.
 */
#define HVC_TRAP_REGISTERS 3u
#define HVC_HELD_REGISTERS 12u

extern const uint8_t hvc_held__register[HVC_HELD_REGISTERS][5];

/** Which of them has this encoding, or HVC_HELD_REGISTERS. */
unsigned hvc_held__find(const uint8_t encoding[static 5]);

#endif
