/* SPDX-License-Identifier: MIT */
/** Relocations that a linked ELF file, a static PIE mostly, applies to itself as it starts. */
#ifndef SUBJECT_DYNAMIC_H
#define SUBJECT_DYNAMIC_H

#include "subject/image.h"

/**
 * Apply them to the loaded segments, for the addresses that the file is linked at: RELA and REL
 * that PT_DYNAMIC names; without it, those in sections that are loaded; without these, what has
 * the shape of R_AARCH64_RELATIVE entries with addresses of the image. (RELR keeps in its places
 * what they hold at these addresses.) What needs more than the file, such as an undefined symbol
 * or a thread's storage, is noted in loaded->unset. HVC_E_NOMEM, HVC_E_RANGE.
 */
HVC_MUST_USE enum hvc_status hvc_dynamic__apply(struct hvc_loaded *loaded);

#endif
