/* SPDX-License-Identifier: MIT */
/**
 * The solver: is there a value of each input so that all of these hold? Internal; solver.c is
 * the one file that knows which solver it is.
 */
#ifndef SYMBOLIC_SOLVER_H
#define SYMBOLIC_SOLVER_H

#include "symbolic/bv.h"

enum hvc_answer {
	HVC_ANSWER_NO,
	HVC_ANSWER_YES,
	HVC_ANSWER_UNDECIDED, /**< it gave up: never to be taken for one of the two */
};

struct hvc_solver;

/**
 * A query gives up after so many of the solver's own steps, so that what is decided does not
 * depend on the machine.
 */
#define HVC_SOLVER_STEPS 5000000u
/** And all that a solver is asked after so many, */
#define HVC_SOLVER_STEPS_ALL UINT64_C(30000000)
/** and these for each place at which code chooses: a kernel has more of them than a loop. */
#define HVC_SOLVER_STEPS_PLACE UINT64_C(6000000)

/**
 * The terms must outlive it. steps: 0 for the above; timeout: milliseconds for a query as well, 0
 * for none. HVC_E_NOMEM, HVC_E_ENGINE.
 */
HVC_MUST_USE enum hvc_status hvc_solver__open(struct hvc_bvs *terms, unsigned steps,
                                              unsigned timeout, struct hvc_solver **out);
void hvc_solver__close(struct hvc_solver *solver);

/** From a push to its pop, what is required in between holds. */
void hvc_solver__push(struct hvc_solver *solver);
void hvc_solver__pop(struct hvc_solver *solver);
/** Require a truth value to hold. */
void hvc_solver__require(struct hvc_solver *solver, hvc_ref condition);
/**
 * Require a term to have another value: as require() does, but that a large term is looked at once
 * however many values it is not to have. Of one term, within one push.
 */
void hvc_solver__exclude(struct hvc_solver *solver, hvc_ref a, uint64_t value);
/** It may take so many steps more. */
void hvc_solver__allow(struct hvc_solver *solver, uint64_t steps);
/** Can all that is required hold? */
enum hvc_answer hvc_solver__check(struct hvc_solver *solver);
/** After YES and before anything else: the value of an input; false where it does not matter. */
bool hvc_solver__value(struct hvc_solver *solver, hvc_ref input, uint64_t *value);
/** HVC_OK, or what went wrong first; every answer from then on is UNDECIDED. */
enum hvc_status hvc_solver__status(const struct hvc_solver *solver);
/** The solver's own words of what went wrong; "" when nothing did. */
const char *hvc_solver__message(const struct hvc_solver *solver);
/**
 * A script of SMT-LIB 2 that asks whether all of these, of which there is one, can hold, with its
 * answer, and the reason as a comment; constants have the names of inputs. malloc'ed; NULL: memory
 * ran out.
 */
char *hvc_solver__script(struct hvc_bvs *terms, const char *reason, const char *answer,
                         const hvc_ref *all, size_t count);
/** Name and version, as "Z3 4.8.12". Valid for good. */
const char *hvc_solver__name(void);
/** Queries asked. */
uint64_t hvc_solver__queries(const struct hvc_solver *solver);

#endif
