/* SPDX-License-Identifier: MIT */
/**
 * The values by which code selects a call, such as function identifiers, as a picture like that of
 * the immediates: a row is 256 of them, and only rows that are not all alike are there.
 */
#ifndef HVC_REPORT_STRIP_H
#define HVC_REPORT_STRIP_H

#include "report/picture.h"
#include "report/tree.h"

struct hvc_strip {
	struct hvc_picture picture; /**< a group is an edge of the node; the first is the rest */
	uint64_t base[HVC_PICTURE_SIDE]; /**< of each row, its first value */
	unsigned rows;                   /**< 0: no register selects */
	unsigned left;                   /**< rows that there was no room for */
	const struct hvc_exact_part *part;
	struct hvc_tree tree;
	const struct hvc_tree_node *node; /**< which looks at the values */
};

/** Of the part that tells most values apart. HVC_E_NOMEM. Free with hvc_strip__free. */
HVC_MUST_USE enum hvc_status hvc_strip__make(const struct hvc_exact *exact, struct hvc_diag *diag,
                                             struct hvc_strip *out);
void hvc_strip__free(struct hvc_strip *strip);
/** "w0 of hvc from el1t, el1h". */
void hvc_strip__title(const struct hvc_exact *exact, const struct hvc_strip *strip,
                      struct hvc_words *out);
/** What values of a group do: "class 2: return, x0 := 0", "then by w1, at ...". */
void hvc_strip__does(const struct hvc_exact *exact, const struct hvc_strip *strip, unsigned group,
                     struct hvc_words *out);

#endif
