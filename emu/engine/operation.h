/* SPDX-License-Identifier: MIT */
/** The part of a diff that speaks of operations. Internal. */
#ifndef ENGINE_OPERATION_H
#define ENGINE_OPERATION_H

#include "engine/differ.h"

/* How a rule's calls are made, malloc'ed: "hvc #1", "x0 = 1", "anything else". NULL: no memory. */
char *hvc_operation__how(const struct hvc_rule *rule);
/* operation_note.c: fill in what became of what an operation does. False: out of memory. */
bool hvc_operation__note(struct hvc_differ *d, unsigned operation);

#endif
