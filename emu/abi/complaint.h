/* SPDX-License-Identifier: MIT */
/**
 * What libcyaml says of a file that does not fit the schema, turned into one diagnostic that
 * points at the key or value itself: libcyaml names only the container it was in.
 */
#ifndef HVC_ABI_COMPLAINT_H
#define HVC_ABI_COMPLAINT_H

#include "abi/tree.h"
#include "hvcheck/hvc.h"

/** Zero-initialise. */
struct hvc_complaint {
	char what[160];        /**< its first message */
	char field[64];        /**< key of the innermost backtrace entry, "" for none */
	unsigned line, column; /**< of the innermost container; 0 for none */
};

/** Take one line of libcyaml's error log. */
void hvc_complaint__hear(struct hvc_complaint *complaint, const char *line);

/** Fill diag; returns HVC_E_FORMAT. */
enum hvc_status hvc_complaint__report(const struct hvc_complaint *complaint,
                                      const struct hvc_node *root, const char *file,
                                      struct hvc_diag *diag);

#endif
