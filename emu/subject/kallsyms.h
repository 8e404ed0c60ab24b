/* SPDX-License-Identifier: MIT */
/** The symbol table that a Linux kernel keeps of itself, found in an image without symbols. */
#ifndef SUBJECT_KALLSYMS_H
#define SUBJECT_KALLSYMS_H

#include "subject/image.h"

/**
 * Add the names of a kernel's own symbol table to the image's. An image without one, or with
 * one that does not hold together, gets none, and that is no failure. HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_kallsyms__load(struct hvc_loaded *loaded);

#endif
