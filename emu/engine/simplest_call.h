/* SPDX-License-Identifier: MIT */
/**
 * Of all calls for which a condition holds, the one that people would have chosen: registers are
 * as in any other call where they can be, and the others small. Internal.
 */
#ifndef ENGINE_SIMPLEST_CALL_H
#define ENGINE_SIMPLEST_CALL_H

#include "hvcheck/machine.h"
#include "symbolic/scene.h"

/** A question to the solver about calls that each answer narrows; and the call at hand. */
struct hvc_search {
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	enum hvc_level from;
	enum hvc_insn insn;
	hvc_ref condition; /**< what has to hold of the call that is found */
	uint64_t *value;   /**< of the first `count` inputs, those of a call among them */
	size_t count;
	unsigned pushed; /**< levels of requirements that hvc_search__end takes back */
};

/** The address of the instruction as it follows from the immediate, as a truth value. */
hvc_ref hvc_search__address(struct hvc_bvs *terms, enum hvc_insn insn);
/** Does the condition hold of the values, other inputs being as usual? */
bool hvc_search__holds(const struct hvc_search *search);
/** The solver's model becomes the values; where it has none, what is usual. */
void hvc_search__take_model(struct hvc_search *search);
/** The same where that is possible, and then take the model. */
bool hvc_search__ask(struct hvc_search *search, hvc_ref condition);
/** Let control go where there is something to arrive at, if it can. NULL: it goes nowhere. */
void hvc_search__land(struct hvc_search *search, hvc_ref target);
/** Which of the search's inputs the condition speaks of. False: memory ran out. */
bool hvc_search__mark(const struct hvc_search *search, bool *given);
/**
 * Make the call's inputs what they are in any call, where they can be; free_ says of which that is
 * not so. given: those that matter; NULL: all.
 */
void hvc_search__set_call(struct hvc_search *search, const bool *given, bool *free_);
/** Make an input the least that it can be. */
void hvc_search__lower(struct hvc_search *search, size_t i);
void hvc_search__end(struct hvc_search *search);

struct hvc_simplest {
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	enum hvc_level from;
	enum hvc_insn insn;
	hvc_ref condition;
	hvc_ref lands; /**< where control goes, which had better be somewhere; NULL: nowhere */
	/* what is found: */
	struct hvc_call call;   /**< the last that was tried, where none is found */
	struct hvc_model model; /**< of all inputs; given where the condition speaks of them */
};

/**
 * Find it. The solver must have been told what it requires besides. HVC_E_NOTFOUND: there is none;
 * HVC_E_UNSUPPORTED: none was found; HVC_E_NOMEM. Free with hvc_simplest__free.
 */
HVC_MUST_USE enum hvc_status hvc_simplest__find(struct hvc_simplest *simplest);
void hvc_simplest__free(struct hvc_simplest *simplest);

#endif
