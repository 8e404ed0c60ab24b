/* SPDX-License-Identifier: MIT */
/** HVC and SMC instructions of an image that is loaded. */
#ifndef SUBJECT_SITE_H
#define SUBJECT_SITE_H

#include "hvcheck/site.h"
#include "subject/image.h"

/** Fill in site, sites and dropped of *scan, whose loaded is set. What it has is the caller's. */
HVC_MUST_USE enum hvc_status hvc_site__find(struct hvc_scan *scan);

#endif
