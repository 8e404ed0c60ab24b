/* SPDX-License-Identifier: MIT */
/** What a mistyped word may have meant: the name with the fewest edits, if they are few. */
#ifndef HVC_SUBJECT_NEAREST_H
#define HVC_SUBJECT_NEAREST_H

struct hvc_nearest {
	const char *word;  /**< as it was typed */
	const char *found; /**< the nearest of those that were offered; NULL: none is near */
	unsigned within;   /**< edits that a nearer one has less than */
};

/** One edit of three letters, and one more. */
struct hvc_nearest hvc_nearest__to(const char *word);
/** A name that it may have meant, which is borrowed; of two that are as near, the first stays. */
void hvc_nearest__offer(struct hvc_nearest *nearest, const char *name);

#endif
