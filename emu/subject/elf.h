/* SPDX-License-Identifier: MIT */
/** ELF64 AArch64 executables, shared objects and, by object.h, relocatable ones. */
#ifndef SUBJECT_ELF_H
#define SUBJECT_ELF_H

#include "subject/image.h"

/** At most so many PT_LOAD segments with memory. */
#define HVC_ELF_SEGMENTS_MAX HVC_LIMIT_SEGMENTS

/** By a section's flags: is it writable, and no code? */
bool hvc_elf__is_data(uint64_t flags);
bool hvc_elf__is(const uint8_t *bytes, size_t size);

/**
 * Fill in segments and symbols of *loaded from its bytes, which begin as an ELF file. The
 * caller unloads it also on failure.
 */
HVC_MUST_USE enum hvc_status hvc_elf__load(struct hvc_loaded *loaded, struct hvc_diag *diag);

#endif
