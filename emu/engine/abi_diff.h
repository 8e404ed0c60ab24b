/* SPDX-License-Identifier: MIT */
/** The parts of a comparison of ABIs. Internal. */
#ifndef ENGINE_ABI_DIFF_H
#define ENGINE_ABI_DIFF_H

#include "engine/differ.h"
#include "hvcheck/abi_diff.h"

/* abi_meeting.c: what promises mean to each other */

/* Do both rules promise the same for the calls of an overlap? Clobbers are apart. */
bool hvc_abi_diff__promise_equal(const struct hvc_abi_diff *diff,
                                 const struct hvc_overlap *overlap);
/* Fill meeting and equal of a diff whose overlaps are found. False: out of memory. */
bool hvc_abi_diff__meet(struct hvc_abi_diff *diff);

/* abi_operation.c: operations side by side */
enum hvc_status hvc_abi_diff__operations(const struct hvc_abi_diff_config *config,
                                         struct hvc_abi_diff *diff, struct hvc_diag *diag);

/* operation.c: the part of a diff that speaks of operations */

/* How a rule's calls are made, malloc'ed: "hvc #1", "x0 = 1", "anything else". NULL: no memory. */
char *hvc_operation__how(const struct hvc_rule *rule);
/* operation_note.c: fill in what became of what an operation does. False: out of memory. */
bool hvc_operation__note(struct hvc_differ *d, unsigned operation);

#endif
