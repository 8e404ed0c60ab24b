/* SPDX-License-Identifier: MIT */
/** The built-in variants as the build embeds them; see vectors/vectors.cmake. */
#ifndef SUBJECT_BUILTIN_H
#define SUBJECT_BUILTIN_H

#include "hvcheck/subject.h"

/** Rows in the order of HVC_SUBJECTS; the row at the count is all zero. */
extern const struct hvc_builtin hvc_builtin__table[];
extern const size_t hvc_builtin__count;

/** The row of a name; NULL: there is none. */
const struct hvc_builtin *hvc_builtin__find(const char *name);

#endif
