/* SPDX-License-Identifier: MIT */
/** An exploration under way: ways that wait, and what ends or forks one. */
#ifndef SYMBOLIC_EXPLORE_H
#define SYMBOLIC_EXPLORE_H

#include "symbolic/lift.h"
#include "symbolic/symbolic.h"

/** A function that may turn out to be a handler, and the state at its first instruction. */
struct hvc_door {
	struct hvc_door *next;
	struct hvc_door *outer; /* that was open when this one was met; NULL: none */
	bool inside;            /* no function's: the first choice by memory in one */
	struct hvc_way *way;
	bool undecided;
	bool passed;   /* the call's registers decided again inside */
	bool closed;   /* it is one: whatever came of going on inside is dropped */
	unsigned live; /* ways behind it that neither wait nor have ended */
	struct hvc_waiting *waiting;
};

/** An exception at EL2 that has not been left: the fault that it is where its table parks. */
struct hvc_nest {
	enum hvc_ec ec;
	uint64_t pc;
	hvc_ref address;
	hvc_ref x[HVC_GPR_COUNT], sys[HVC_REG_COUNT], daif, pstate;
	struct hvc_flags flags;
	uint64_t changes;
	bool spx;
};

/** A way that has not ended, with what finds out that it goes round in circles. */
struct hvc_walker {
	struct hvc_way *way;
	struct hvc_walker *next;
	bool undecided;
	struct hvc_door *door; /* the outermost since the call's registers decided last */
	unsigned door_forks;   /* choices since by anything else */
	unsigned backs;        /* ERETs to `back_to`, at EL2, one after the other */
	hvc_ref back_to;
	unsigned nested;             /* exceptions at EL2 that it is in */
	const struct hvc_nest *nest; /* the outermost of them */
	const struct hvc_nest *last; /* the innermost */
	/* Brent's cycle detection, at jumps back and ERETs at EL2 */
	uint64_t jumps, checkpoint_at;
	bool armed, spx;
	bool surfaced;   /* since the checkpoint it was in no exception, */
	unsigned faults; /* and took so many */
	uint64_t pc, changes;
	size_t clauses;
	hvc_ref x[HVC_GPR_COUNT], sys[HVC_REG_COUNT], daif, pstate;
	struct hvc_flags flags;
};

struct hvc_explorer {
	struct hvc_symbolic *s;
	struct hvc_walker *first, **last; /* in the order of being made */
	unsigned waiting;
	struct hvc_door *door;
	uint64_t asked;  /* of the solver, before */
	uint64_t *place; /* where a way has forked */
	size_t places, places_max;
	bool enters;  /* a handler, one after the other; */
	bool stuck;   /* which has met a bound */
	bool merges;  /* where both sides of a choice meet again they are one way */
	bool crowded; /* it does not, and there are too many ways */
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

/** Require a condition that the instruction at the way's pc chose by, and keep that it did. False:
 * memory ran out. */
bool hvc_explorer__chose(struct hvc_explorer *e, struct hvc_way *way, hvc_ref condition);
/** Until nothing waits, or a bound that ends it all. */
void hvc_explorer__run(struct hvc_explorer *e);
/** Put a walker at the end of the queue. */
void hvc_explorer__queue(struct hvc_explorer *e, struct hvc_walker *w);
/** The same once more, to go another way; NULL: memory ran out, and the status says so. */
struct hvc_walker *hvc_explorer__twin(struct hvc_explorer *e, const struct hvc_walker *w);

/* nest.c */
/** At a jump back: is everything as it was when the way was here before? */
bool hvc_walker__spins(struct hvc_walker *w);
/**
 * It does: an end. A loop, up to the instruction at `last`, that takes something from memory and
 * asks whether to go on waits for who puts something else there.
 */
void hvc_explorer__spin(struct hvc_explorer *e, struct hvc_walker *w, uint64_t last);

/* door.c */
/** A function is called; pc is at its first instruction. False: it is a handler, and w freed. */
bool hvc_door__call(struct hvc_explorer *e, struct hvc_walker *w);
/** The call's registers have decided. */
void hvc_door__pass(struct hvc_explorer *e, struct hvc_walker *w);
/** About to fork. False: the walker waits. */
bool hvc_door__fork(struct hvc_explorer *e, struct hvc_walker *w, const hvc_ref *condition,
                    size_t count);
/**
 * A way ends as `path`, or cannot go on (NULL), which behind a door says nothing yet: true, and
 * the walker waits. False: there is no door.
 */
bool hvc_door__waits(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_sympath *path);
/** A walker behind this door, or NULL, is no more. */
void hvc_door__leave(struct hvc_explorer *e, struct hvc_door *door);
/** What goes on here is a handler: a path ends at its first instruction, and the walker is freed.
 */
void hvc_door__stop(struct hvc_explorer *e, struct hvc_walker *w);
/** Drop the paths behind closed doors, and free all doors. */
void hvc_door__finish(struct hvc_explorer *e);
/** Follow the handlers; those that do not come to an end with what they may cost stay doors. */
void hvc_door__enter(struct hvc_explorer *e);

/** leave.c: an ERET, and control that leaves the image; either ends, forks or goes on (true). */
bool hvc_explorer__eret(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift);
bool hvc_explorer__indirect(struct hvc_explorer *e, struct hvc_walker *w,
                            const struct hvc_lift *lift);
/** An exception: the way goes on in EL2's own table (true), or ends as a fault. */
bool hvc_explorer__fault(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_ec ec,
                         hvc_ref address);
/** An end without a place to go to. */
void hvc_explorer__stop(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_outcome_kind kind,
                        hvc_ref target);
/** Is there a word of the image to execute? */
bool hvc_explorer__is_code(const struct hvc_explorer *e, uint64_t address);
void hvc_explorer__bound(struct hvc_explorer *e, struct hvc_walker *w, const char *why);

/* merge.c */
/** Go on as one way where both sides of a choice meet again soon. False: they do not. */
bool hvc_explorer__merge(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift);

/* nest.c */
#define HVC_NEST_MAX 8u
/** Does an exception of this way find a table of EL2's own that does more than park? */
enum hvc_nests { HVC_NESTS_NOT, HVC_NESTS, HVC_NESTS_UNKNOWN };
enum hvc_nests hvc_explorer__nests(const struct hvc_explorer *e, const struct hvc_walker *w);
/** Enter it. */
void hvc_explorer__nest(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_ec ec,
                        hvc_ref address);
/** About to end as `path`: where an exception had no answer, as its fault. */
void hvc_walker__unnest(struct hvc_walker *w, struct hvc_sympath *path);

#endif
