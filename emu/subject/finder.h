/* SPDX-License-Identifier: MIT */
/** Vector tables in an image that is loaded already. */
#ifndef SUBJECT_FINDER_H
#define SUBJECT_FINDER_H

#include "subject/image.h"
#include "subject/site.h"
#include "subject/subject.h"

/** As hvc_vectors__find. */
HVC_MUST_USE enum hvc_status hvc_finder__run(const struct hvc_loaded *loaded,
                                             struct hvc_candidate **out, size_t *count);

/**
 * Does control stay at an address, doing nothing? That is a branch to self, or to one, or back to
 * the filling before the slot, which runs into the branch again.
 */
bool hvc_finder__is_dead(const struct hvc_image *image, uint64_t address);

/* likely.c: what a vector table probably is, told by what its code compares and which registers it
 * uses. */

/** image->vectors is the table; symbols: those of its file. */
HVC_MUST_USE enum hvc_status hvc_likely__guess(const struct hvc_image *image,
                                               const struct hvc_symbols *symbols,
                                               struct hvc_likely *out);

/** Is there a table of Hyp mode, in A32 or T32? Then what it looks like. finder_hyp.c. */
bool hvc_finder__is_hyp(const struct hvc_image *image, uint64_t table, struct hvc_candidate *out);
/** Is the slot of traps to Hyp mode a branch of T32, and none of A32? Then HSCTLR.TE has to be set.
 */
bool hvc_finder__is_t32(const struct hvc_image *image);

#endif
