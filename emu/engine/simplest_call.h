/* SPDX-License-Identifier: MIT */
/**
 * Of all calls for which a condition holds, the one that people would have chosen: registers are
 * as in any other call where they can be, and the others small. Internal.
 */
#ifndef ENGINE_SIMPLEST_CALL_H
#define ENGINE_SIMPLEST_CALL_H

#include "hvcheck/machine.h"
#include "symbolic/solver.h"

struct hvc_simplest {
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	enum hvc_level from;
	enum hvc_insn insn;
	hvc_ref condition;
	hvc_ref lands; /**< where control goes, which had better be somewhere; NULL: nowhere */
	/* what is found: */
	struct hvc_call call;
	struct hvc_model model; /**< of all inputs; given where the condition speaks of them */
};

/** Inputs that a call has: x0..x30, imm, nzcv, daif; and self, which follows from the others. */
#define HVC_SIMPLEST_SELF (HVC_GPR_COUNT + 3u)

/** The address of the instruction as it follows from the immediate, as a truth value. */
hvc_ref hvc_simplest__address(struct hvc_bvs *terms, enum hvc_insn insn);
/**
 * Find it. The solver must have been told what it requires besides. HVC_E_NOTFOUND: there is none;
 * HVC_E_UNSUPPORTED: none was found; HVC_E_NOMEM. Free with hvc_simplest__free.
 */
HVC_MUST_USE enum hvc_status hvc_simplest__find(struct hvc_simplest *simplest);
void hvc_simplest__free(struct hvc_simplest *simplest);

#endif
