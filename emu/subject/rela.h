/* SPDX-License-Identifier: MIT */
/** The relocations that a position-independent kernel applies to itself as it boots. */
#ifndef SUBJECT_RELA_H
#define SUBJECT_RELA_H

#include "subject/image.h"

/**
 * Apply the R_AARCH64_RELATIVE entries of a flat image (.rela.dyn and .relr.dyn, found by their
 * shape), so that pointers in its data are those of where it is loaded. An image without such
 * tables is left alone. HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_rela__apply(struct hvc_loaded *loaded);

#endif
