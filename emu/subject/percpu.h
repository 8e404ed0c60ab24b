/* SPDX-License-Identifier: MIT */
/** Is TPIDR_EL2 an offset to per-CPU data, or a pointer? By what code does with it. */
#ifndef SUBJECT_PERCPU_H
#define SUBJECT_PERCPU_H

#include "hvcheck/machine.h"

/**
 * Does code that the vectors reach add TPIDR_EL2 to addresses of the image, and never access memory
 * by it alone? Then it is an offset, which is 0 where the image's own copy of the data is meant.
 * *at: of the first such addition. HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_percpu__find(const struct hvc_image *image, bool *is_offset,
                                              uint64_t *at);

#endif
