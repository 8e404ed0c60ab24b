/* SPDX-License-Identifier: MIT */
/**
 * Generations of an ABI: specifications whose names end in a version, "linux-stub-4.12", and say
 * the same before it. A generation holds from its version until the next. Internal.
 */
#ifndef ABI_FAMILY_H
#define ABI_FAMILY_H

#include "hvcheck/abi.h"

/** Most generations of a family. */
#define HVC_GENERATIONS_MAX 32u
/** Characters of a version, its NUL counted. */
#define HVC_VERSION_SIZE 16u

/** The version at the end of a name, of digits and dots; NULL: it ends in none. */
const char *hvc_family__version(const char *name);
/** Which of two versions is the later? Negative, 0 or positive as of strcmp. */
int hvc_family__compare(const char *a, const char *b);
/** The shipped generations of a family ("linux-stub"), oldest first; returns how many. */
unsigned hvc_family__members(const char *family, const char *out[HVC_GENERATIONS_MAX]);
/** Of generations, oldest first, the one that holds at a version; NULL: it is before all. */
const char *hvc_family__at(const char *const *member, unsigned count, const char *version);
/** The shipped generation that holds at a version ("linux-stub-6.12"); NULL: there is none. */
const char *hvc_family__holding(const char *name);

#endif
