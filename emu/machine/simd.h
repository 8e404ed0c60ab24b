/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/simd.h. */
#ifndef HVC_MACHINE_SIMD_H
#define HVC_MACHINE_SIMD_H

#include "hvcheck/simd.h"

/** True iff register i holds the same in both. */
bool hvc_simd__same(const struct hvc_simd *a, const struct hvc_simd *b, unsigned i);

#endif
