/* SPDX-License-Identifier: MIT */
/**
 * Limits on everything of an input that grows. What is beyond one is refused with one line, before
 * the time or memory is spent. conformance/fuzz/limits.md has the table, for people.
 */
#ifndef HVCHECK_LIMIT_H
#define HVCHECK_LIMIT_H

#include <stdint.h>

#include "hvcheck/hvc.h"

#define HVC_LIMIT_IMAGE    (UINT64_C(512) << 20)
#define HVC_LIMIT_UNPACKED (UINT64_C(4) << 30)
#define HVC_LIMIT_FREE     (UINT64_C(64) << 20)
#define HVC_LIMIT_RATIO    100u
#define HVC_LIMIT_LAYERS   8u
#define HVC_LIMIT_MEMBERS  (1u << 18)
#define HVC_LIMIT_HEADER   (UINT64_C(16) << 20)

#define HVC_LIMIT_MEMORY      (UINT64_C(512) << 20)
#define HVC_LIMIT_SEGMENTS    256u
#define HVC_LIMIT_DESCRIPTORS (1u << 24)
#define HVC_LIMIT_MAPPINGS    4096u
#define HVC_LIMIT_SYMBOLS     (1u << 22)
#define HVC_LIMIT_NAMES       (UINT64_C(256) << 20)
#define HVC_LIMIT_RELOCATIONS (1u << 22)
#define HVC_LIMIT_SYSTEM_MAP  (UINT64_C(64) << 20)
#define HVC_LIMIT_KALLSYMS    (1u << 20)
#define HVC_LIMIT_PLACES      (1u << 16)
#define HVC_LIMIT_TABLES      256u
#define HVC_LIMIT_SITES       16384u

#define HVC_LIMIT_YAML      (UINT64_C(1) << 20)
#define HVC_LIMIT_WORLD     (UINT64_C(64) << 10)
#define HVC_LIMIT_DEPTH     8u
#define HVC_LIMIT_KEYS      256u
#define HVC_LIMIT_VALUE     4000u
#define HVC_LIMIT_RULES     512u
#define HVC_LIMIT_WORLDS    16u
#define HVC_LIMIT_SEQUENCES 64u
#define HVC_LIMIT_PROOF     (UINT64_C(1) << 27)
#define HVC_LIMIT_SAVED     (UINT64_C(64) << 20)

#define HVC_LIMIT_SAVED_SYMBOLS 65536u
#define HVC_LIMIT_SAVED_INPUTS  4096u
#define HVC_LIMIT_SAVED_TERMS   1000000u
#define HVC_LIMIT_SAVED_ROWS    65536u

#endif
