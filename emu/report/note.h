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
 * from 0 to 1", "moved from the immediate to x0"; nothing when it did not.
 */
void hvc_note__selector(const char *old, const char *new, struct hvc_words *out);

#endif
