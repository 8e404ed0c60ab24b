/* SPDX-License-Identifier: MIT */
/** Vector tables in an image that is loaded already. */
#ifndef SUBJECT_FINDER_H
#define SUBJECT_FINDER_H

#include "subject/image.h"

/** As hvc_vectors_find. */
HVC_MUST_USE enum hvc_status hvc_finder__run(const struct hvc_loaded *loaded,
                                             struct hvc_candidate **out, size_t *count);

#endif
