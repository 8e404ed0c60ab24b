/* SPDX-License-Identifier: MIT */
/** Features of a CPU that A64 instructions need. Internal. */
#ifndef MACHINE_FEATURE_H
#define MACHINE_FEATURE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Is it known that a CPU has no such instruction? read: the value of an ID register by its
 * encoding (op0, op1, CRn, CRm, op2); false: it is not known.
 */
bool hvc_feature__lacks(uint32_t word,
                        bool (*read)(void *ctx, const uint8_t name[5], uint64_t *value), void *ctx);

#endif
