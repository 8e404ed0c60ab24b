/* SPDX-License-Identifier: MIT */
/** ELF64 AArch64 executables, shared objects and relocatable ones. */
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

/* object.c: relocatable ELF objects: laid out and linked on their own. */

/**
 * Fill in segment, pieces, symbols and undefined of *loaded from its bytes, a little-endian ELF64
 * AArch64 file of type ET_REL whose header is complete. Sections are laid out from
 * HVC_IMAGE_BASE on, in their order. An undefined symbol is placed where nothing is mapped; a
 * weak one is 0. The caller unloads *loaded also on failure.
 */
HVC_MUST_USE enum hvc_status hvc_object__load(struct hvc_loaded *loaded, struct hvc_diag *diag);

/* dynamic.c: relocations that a linked ELF file, a static PIE mostly, applies to itself as it
 * starts. */

/**
 * Apply them to the loaded segments, for the addresses that the file is linked at: RELA and REL
 * that PT_DYNAMIC names; without it, those in sections that are loaded; without these, what has
 * the shape of R_AARCH64_RELATIVE entries with addresses of the image. (RELR keeps in its places
 * what they hold at these addresses.) What needs more than the file, such as an undefined symbol
 * or a thread's storage, is noted in loaded->unset. HVC_E_NOMEM, HVC_E_RANGE.
 */
HVC_MUST_USE enum hvc_status hvc_dynamic__apply(struct hvc_loaded *loaded);

/* rela.c: the relocations that a position-independent kernel applies to itself as it boots. */

/**
 * Apply the R_AARCH64_RELATIVE entries of a flat image (.rela.dyn and .relr.dyn, found by their
 * shape), so that pointers in its data are those of where it is loaded. An image without such
 * tables is left alone. HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_rela__apply(struct hvc_loaded *loaded);

#endif
