/* SPDX-License-Identifier: MIT */
/** Parts of the search for leaks, a section a file. */
#ifndef ENGINE_LEAK_H
#define ENGINE_LEAK_H

#include "engine/prover.h"
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
bool hvc_view__is_back(enum hvc_outcome_kind kind, enum hvc_level level);
/* True where EL2 now belongs to code that is not the subject's. */
bool hvc_view__is_granted(enum hvc_outcome_kind kind, enum hvc_level level);
/* True iff the views part by this channel at this place. */
bool hvc_view__parts(const struct hvc_view *a, const struct hvc_view *b, enum hvc_channel channel,
                     unsigned place);

/* True iff the stores of two calls differ, in number or in one of those that are kept. */
bool hvc_view__stores_part(const struct hvc_outcome *a, const struct hvc_outcome *b);

/* Fill in address and value of a leak by which they part. */
void hvc_view__tell(const struct hvc_view *a, const struct hvc_view *b, struct hvc_leak *leak);

/* leak.c: the search of one caller's calls */
struct hvc_leak_search {
	struct hvc_prover p;
	const struct hvc_leaks_config *config;
	struct hvc_leaks *leaks;
	struct hvc_secret_set secrets;
	hvc_ref asked;   /* that the call is one of those that are asked for */
	size_t capacity; /* of leaks->leak */
	unsigned world;
};

/*
 * Two paths that the same call takes, with other secrets: all that is required of the solver holds
 * of both. `all` says the same. The second is in terms of hvc_secret__other.
 */
struct hvc_leak_pair {
	struct hvc_leak_search *search;
	const struct hvc_sympath *a, *b;
	hvc_ref all;
};

/* leak_pair.c: everything by which two paths can be told apart; notes what is found. */
enum hvc_status hvc_leak__compare(struct hvc_leak_pair *pair, struct hvc_diag *diag);
/* For tests, which have no proof that is wrong: called of each register, with where it differs. */
extern void (*hvc_leak__trial)(const struct hvc_leak_pair *pair, unsigned reg, hvc_ref *parts);
/* Is all that can be said of the path said by its terms? Else a gap is noted. */
bool hvc_leak__is_sound(struct hvc_leak_search *search, const struct hvc_sympath *path);

/*
 * leak_witness.c: of what is required of the solver now, choose the simplest call and secrets, and
 * make it with both. *shown is false, and a gap noted, where this machine cannot.
 */
enum hvc_status hvc_leak__show(struct hvc_leak_pair *pair, struct hvc_leak *leak, bool *shown,
                               struct hvc_diag *diag);

/* leak_run.c: a call made with two values of the secrets */
struct hvc_leak_cell {
	uint64_t address, value;
};

struct hvc_leak_side {
	struct hvc_world world;
	struct hvc_leak_cell *cell; /* memory before the call */
	size_t cells;
};

/*
 * Make it; *shown says whether the caller sees the difference, which is filled in. *made is
 * false where there is no memory for it.
 */
enum hvc_status hvc_leak__run(const struct hvc_leak_search *search,
                              const struct hvc_leak_side side[2], struct hvc_leak *leak, bool *made,
                              bool *shown, struct hvc_diag *diag);

#endif
