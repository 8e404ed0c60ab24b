/* SPDX-License-Identifier: MIT */
/** An exploration under way: ways that wait, and what ends or forks one. */
#ifndef SYMBOLIC_EXPLORE_H
#define SYMBOLIC_EXPLORE_H

#include "symbolic/lift.h"
#include "symbolic/symbolic.h"

/** A way that has not ended, with what finds out that it goes round in circles. */
struct hvc_walker {
	struct hvc_way *way;
	struct hvc_walker *next;
	bool undecided;
	/* Brent's cycle detection, at jumps back */
	uint64_t jumps, checkpoint_at;
	bool armed;
	uint64_t pc, changes;
	size_t clauses;
	hvc_ref x[HVC_GPR_COUNT], sp[2], daif, pstate;
	struct hvc_flags flags;
};

struct hvc_explorer {
	struct hvc_symbolic *s;
	struct hvc_walker *first, **last; /* in the order of being made */
	unsigned waiting;
	enum hvc_status status;
};

/** Take the walker's way into a path that has ended; the walker is freed. */
void hvc_explorer__end(struct hvc_explorer *e, struct hvc_walker *w, struct hvc_sympath *path);
/**
 * Go on under each of the conditions that can hold, of which one always does; the walker is freed.
 * pc[i] is where to; NULL: where it is. fact: of each of them, OPEN or UNDECIDED; TRUE: not known,
 * to be found out.
 */
void hvc_explorer__fork(struct hvc_explorer *e, struct hvc_walker *w, const hvc_ref *condition,
                        const uint64_t *pc, size_t count, enum hvc_verdict_of fact);

/** leave.c: an ERET, and control that leaves the image; either ends, forks or goes on (true). */
bool hvc_explorer__eret(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift);
bool hvc_explorer__indirect(struct hvc_explorer *e, struct hvc_walker *w,
                            const struct hvc_lift *lift);
/** Control arrives where it is not followed any more. */
void hvc_explorer__arrive(struct hvc_explorer *e, struct hvc_walker *w, hvc_ref target,
                          enum hvc_level level, uint64_t pc);
/** A fault, or another end without a place to go to. */
void hvc_explorer__fault(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_ec ec,
                         hvc_ref address);
void hvc_explorer__stop(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_outcome_kind kind,
                        hvc_ref target);
void hvc_explorer__bound(struct hvc_explorer *e, struct hvc_walker *w, const char *why);

#endif
