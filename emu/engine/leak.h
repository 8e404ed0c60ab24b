/* SPDX-License-Identifier: MIT */
/** Parts of the search for leaks, a section a file. */
#ifndef ENGINE_LEAK_H
#define ENGINE_LEAK_H

#include "engine/secret.h"

/* view.c */

/* What the caller of one call can see of it afterwards, and what it cannot. */
struct hvc_view {
	struct hvc_outcome outcome;
	struct hvc_simd simd;
};

/* Can code below EL2 read the register? */
bool hvc_view__shows(enum hvc_reg reg);
/* True where the caller, below EL2, has control again. */
bool hvc_view__is_back(const struct hvc_view *view);
/* True where EL2 now belongs to code that is not the subject's. */
bool hvc_view__is_granted(const struct hvc_view *view);
/* True iff the views part by this channel at this place. */
bool hvc_view__parts(const struct hvc_view *a, const struct hvc_view *b, enum hvc_channel channel,
                     unsigned place);

/* Fill in address and value of a leak by which they part. */
void hvc_view__tell(const struct hvc_view *a, const struct hvc_view *b, struct hvc_leak *leak);

/* leak_source.c: fill in sources, moved, pc and word. */
enum hvc_status hvc_leak__explain(const struct hvc_secret_world *secret, struct hvc_leak *leak,
                                  struct hvc_diag *diag);

#endif
