/* SPDX-License-Identifier: MIT */
/**
 * What libcyaml says of a file that does not fit the schema, turned into one diagnostic. The
 * places in its backtrace are those of the last value that was fine, so the path of keys and
 * entries is taken instead and followed in the tree to the key or value that is wrong.
 */
#ifndef HVC_ABI_COMPLAINT_H
#define HVC_ABI_COMPLAINT_H

#include "abi/tree.h"
#include "hvcheck/hvc.h"

#define HVC_COMPLAINT_STEPS 8u

/** One container of the path, and what of it was being read. */
struct hvc_complaint_step {
	char field[64]; /**< key of a mapping, "" for none */
	unsigned entry; /**< of a list, from 1 */
};

/** Zero-initialise. */
struct hvc_complaint {
	char what[160];                                      /**< its first message */
	struct hvc_complaint_step step[HVC_COMPLAINT_STEPS]; /**< innermost first */
	unsigned steps;
};

/** Take one line of libcyaml's error log. */
void hvc_complaint__hear(struct hvc_complaint *complaint, const char *line);

/** Fill diag; returns HVC_E_FORMAT. */
enum hvc_status hvc_complaint__report(const struct hvc_complaint *complaint,
                                      const struct hvc_node *root, const char *file,
                                      struct hvc_diag *diag);

#endif
