/* SPDX-License-Identifier: MIT */
/** What became of the operations between two ABIs, in words. */
#ifndef HVC_REPORT_ABI_NOTE_H
#define HVC_REPORT_ABI_NOTE_H

#include "report/words.h"

/** Operations by what became of them; the answers to unknown calls are not counted. */
struct hvc_abi_counts {
	unsigned added, removed, moved, changed, same;
	unsigned silent; /**< kinds of old calls that silently mean something else */
};

void hvc_abi_note__count(const struct hvc_abi_diff *diff, struct hvc_abi_counts *out);
/** "renumbered from 1 to 0; x0 := 0, was kept; clobbers x2 x3 as well"; never empty. */
void hvc_abi_note__operation(const struct hvc_abi_operation *operation, struct hvc_words *out);
/** The calls that a meeting is about: "hvc #1", "x0 = 0x1", "any". */
void hvc_abi_note__calls(const struct hvc_abi_migration *meeting, struct hvc_words *out);

#endif
