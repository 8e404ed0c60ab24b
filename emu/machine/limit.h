/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/limit.h. */
#ifndef HVC_MACHINE_LIMIT_H
#define HVC_MACHINE_LIMIT_H

#include "hvcheck/limit.h"

/** Row i of the limits; NULL past the end. */
const struct hvc_limit *hvc_limit__at(size_t i);

#endif
