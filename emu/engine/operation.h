/* SPDX-License-Identifier: MIT */
/** The part of a diff that speaks of operations. Internal. */
#ifndef ENGINE_OPERATION_H
#define ENGINE_OPERATION_H

#include "hvcheck/diff.h"

/* Fill operation and meeting of a diff whose maps and ABIs are set. False: out of memory. */
bool hvc_operation__find(struct hvc_diff *diff);
/* How a rule's calls are made, malloc'ed: "hvc #1", "x0 = 1", "anything else". NULL: no memory. */
char *hvc_operation__how(const struct hvc_rule *rule);
/* Do the two sides' classes mean the same for this call? */
bool hvc_diff__agree(const struct hvc_diff *diff, const struct hvc_class *old_class,
                     const struct hvc_class *new_class, const struct hvc_call *call);

#endif
