/* SPDX-License-Identifier: MIT */
/** The constants that some code compares registers with. */
#ifndef SUBJECT_CONSTANT_H
#define SUBJECT_CONSTANT_H

#include "subject/subject.h"
#include "subject/walk.h"

/** As hvc_subject__constants, of the code that `way` walks; it needs no visitor. */
HVC_MUST_USE enum hvc_status hvc_constant__find(const struct hvc_walk *way,
                                                struct hvc_constant **out, size_t *count);
/** Of A32 or T32 vectors, r0 to r12. */
HVC_MUST_USE enum hvc_status hvc_constant__find_a32(const struct hvc_image *image, bool t32,
                                                    struct hvc_constant **out, size_t *count);

#endif
