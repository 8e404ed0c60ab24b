/* SPDX-License-Identifier: MIT */
/** Relocatable ELF objects: laid out and linked on their own. */
#ifndef SUBJECT_OBJECT_H
#define SUBJECT_OBJECT_H

#include "subject/image.h"

/**
 * Fill in segment, pieces, symbols and undefined of *loaded from its bytes, a little-endian ELF64
 * AArch64 file of type ET_REL whose header is complete. Sections are laid out from
 * HVC_IMAGE_BASE on, in their order. An undefined symbol is placed where nothing is mapped; a
 * weak one is 0. The caller unloads *loaded also on failure.
 */
HVC_MUST_USE enum hvc_status hvc_object__load(struct hvc_loaded *loaded, struct hvc_diag *diag);

#endif
