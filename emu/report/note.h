/* SPDX-License-Identifier: MIT */
/** What became of an operation between two subjects, in words. */
#ifndef HVC_REPORT_NOTE_H
#define HVC_REPORT_NOTE_H

#include "report/words.h"

/** "moved from the immediate to x0; vbar_el2 from x1, was x0" and the like; never empty. */
void hvc_note__operation(const struct hvc_diff *diff, const struct hvc_operation *operation,
                         struct hvc_words *out);

/**
 * How the call that selects an operation changed, from what hvc_use.how says of it: "renumbered
 * from 0 to 1", "moved from the immediate to x0"; nothing when it did not. Was it renumbered?
 */
bool hvc_note__selector(const char *old, const char *new, struct hvc_words *out);

/* What became of the operations between two ABIs, in words. */

/** Operations by what became of them; the answers to unknown calls are not counted. */
struct hvc_abi_counts {
	unsigned added, removed, moved, changed, same;
	unsigned silent; /**< kinds of old calls that silently mean something else */
};

void hvc_abi_note__count(const struct hvc_abi_diff *diff, struct hvc_abi_counts *out);
/** The same of an operation that both have, for calls that are not the same. */
bool hvc_abi_note__selector(const struct hvc_abi_operation *operation, struct hvc_words *out);
/** "renumbered from 1 to 0; x0 := 0, was kept; clobbers x2 x3 as well"; never empty. */
void hvc_abi_note__operation(const struct hvc_abi_operation *operation, struct hvc_words *out);
/** The calls that a migration is about: "hvc #1", "x0 = 0x1", "any". */
void hvc_abi_note__calls(const struct hvc_abi_migration *migration, struct hvc_words *out);

#endif
