/* SPDX-License-Identifier: MIT */
/** What a vector table probably is, told by what its code compares and which registers it uses. */
#ifndef SUBJECT_LIKELY_H
#define SUBJECT_LIKELY_H

#include "hvcheck/site.h"

/** image->vectors is the table. */
HVC_MUST_USE enum hvc_status hvc_likely__guess(const struct hvc_image *image,
                                               struct hvc_likely *out);

#endif
