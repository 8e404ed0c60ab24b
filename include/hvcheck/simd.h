/* SPDX-License-Identifier: MIT */
/**
 * The FP/SIMD registers: the caller's own, as x0..x30 are, but kept apart from them because
 * hardly any handler touches one. Of SVE's registers these are the low 128 bits.
 */
#ifndef HVCHECK_SIMD_H
#define HVCHECK_SIMD_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

#define HVC_SIMD_COUNT 32

/** q0..q31, each as its low and its high half, and what controls and counts for them. */
struct hvc_simd {
	uint64_t q[HVC_SIMD_COUNT][2];
	uint64_t fpcr;
	uint64_t fpsr;
};

/** Names of what is in struct hvc_simd, one a register: q0..q31, fpcr, fpsr. */
#define HVC_SIMD_NAMES (HVC_SIMD_COUNT + 2)
/** "q0".."q31", "fpcr", "fpsr"; "?" from HVC_SIMD_NAMES on. Constant string. */
HVC_API const char *hvc_simd_name(unsigned i);

/**
 * Fill with recognisable values (seed 0: the register's number in every byte of its low half,
 * and its complement in the high half), or with pseudo-random ones that depend on seed and
 * register only. FPCR is the default rounding, FPSR has no exception.
 */
HVC_API void hvc_simd_init(struct hvc_simd *simd, uint64_t seed);

#endif
