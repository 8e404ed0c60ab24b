/* SPDX-License-Identifier: MIT */
/** The proof of one caller under way. Internal to the files of prove. */
#ifndef ENGINE_PROVER_H
#define ENGINE_PROVER_H

#include "abi/abi.h"
#include "engine/exact.h"
#include "engine/prove.h"
#include "machine/outcome.h"
#include "symbolic/symbolic.h"

struct hvc_prover {
	const struct hvc_prove_config *config;
	struct hvc_proof *proof;
	struct hvc_check_part *part;
	struct hvc_machine *machine;
	struct hvc_symbolic *symbolic;
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	hvc_ref input[HVC_INPUTS];
	hvc_ref before[HVC_REG_COUNT]; /**< registers at the call */
	hvc_ref *governs;              /**< one a rule of the ABI; NULL: not made yet */
	hvc_ref stated;             /**< of the path and rule at hand, what is promised of values */
	hvc_ref contradicts;        /**< and where it promises what no code can keep with it */
	hvc_ref *broken;            /**< one a rule: calls that break it; NULL: none is governed */
	bool *refuted;              /**< one a rule: there is such a call */
	unsigned holes;             /**< gaps, but for handlers */
	unsigned handlers;          /**< that were not followed */
	uint64_t value[HVC_INPUTS]; /**< of the model at hand */
};

/* proof.c */
/** Why a part is not proved; the first reason stays. */
void hvc_prover__gap(struct hvc_prover *p, const char *format, ...) HVC_PRINTF(2, 3);
/** One more call to make; NULL: memory ran out. */
struct hvc_proof_call *hvc_prover__new_call(struct hvc_prover *p);
/** A call of that path, to be made, of which the clause is to be shown apart from the others. */
HVC_MUST_USE enum hvc_status hvc_prover__name_apart(struct hvc_prover *p, unsigned path,
                                                    const struct hvc_call *call, int rule,
                                                    enum hvc_clause clause);
/** Of a rule, these calls are governed by it, and break it where `kept` or p->stated fails. */
void hvc_prover__note_broken(struct hvc_prover *p, unsigned rule, hvc_ref calls, hvc_ref kept);
/** What was proved of this caller, as certificates. `always` holds of every call. */
HVC_MUST_USE enum hvc_status hvc_prover__certify(struct hvc_prover *p, hvc_ref always);

/* prove.c */
/** Follow every path of the part's caller in the machine's world, secrets (or NULL) left open. */
HVC_MUST_USE enum hvc_status
hvc_prover__explore(struct hvc_prover *p, const struct hvc_secrets *secrets, struct hvc_diag *diag);

/* prove_promise.c */
struct hvc_prover_clause {
	hvc_ref holds;
	enum hvc_clause clause;
	enum hvc_reg reg;
	hvc_other other;
};

#define HVC_PROVER_CLAUSES (2 * HVC_REG_COUNT + HVC_SIMD_COUNT + HVC_OTHERS_MAX + 4)

/**
 * Name the inputs, and the registers at the call, of an exploration that has been made; require
 * of the solver what joins them.
 */
void hvc_prover__begin(struct hvc_prover *p);
/** When a rule governs a call of this caller, as a truth value; NULL: memory ran out. */
hvc_ref hvc_prover__governs(struct hvc_prover *p, unsigned index);
/** Registers where a path ended, as the machine gives them. */
void hvc_prover__after(struct hvc_prover *p, const struct hvc_sympath *path, hvc_ref *after);
/** What a rule promises of a path, in the order of judging, but for what plainly holds. */
size_t hvc_prover__clauses(struct hvc_prover *p, const struct hvc_sympath *path, unsigned index,
                           struct hvc_prover_clause *out);

/* For tests, which have no proof that is wrong when it is told to: called of each clause. */
extern void (*hvc_prover__trial)(struct hvc_prover *p, struct hvc_prover_clause *clause);

/* prove_model.c */
/**
 * The simplest call for which `all` holds, into p->value: as few registers as can be that are not
 * as in any call, and small values. What is required of the solver says the same, and it has said
 * that this can be. False: there is none, or not for sure.
 */
bool hvc_prover__simplify(struct hvc_prover *p, const struct hvc_sympath *path, hvc_ref all);
/** The solver's model; what it does not say is as usual. */
void hvc_prover__take_model(struct hvc_prover *p);
/** The call of the model at hand. */
void hvc_prover__call(const struct hvc_prover *p, struct hvc_call *out);

/* prove_expr.c */
/* The immediate as the syndrome has it: see hvc_call__imm. */
hvc_ref hvc_prover__imm(struct hvc_prover *p);
/** The value of an expression of a specification. */
hvc_ref hvc_prover__expr(struct hvc_prover *p, const struct hvc_expr *expr);

/* prove_memory.c */
/** Are all stores to EL2's own memory, as the machine counts them, or to what a rule grants? */
hvc_ref hvc_prover__stores_at_home(struct hvc_prover *p, const struct hvc_rule *rule,
                                   const struct hvc_sympath *path);
/** Does the path store to EL2's image or stack by a pointer of the caller's? */
hvc_ref hvc_prover__stores_to_own(struct hvc_prover *p, const struct hvc_rule *rule,
                                  const struct hvc_sympath *path);
/** Has the machine, after a call of that path? */
bool hvc_prover__stored_to_own(const struct hvc_prover *p, const struct hvc_sympath *path,
                               const struct hvc_model *model, struct hvc_machine *machine,
                               struct hvc_verdict *out);

/* prove_width.c */
/** Of an ABI that keeps to the SMC calling convention: where upper halves of words matter. */
HVC_MUST_USE enum hvc_status hvc_prover__width(struct hvc_prover *p);
/** "w0 is 0x1, and 0x0 where bits 63:32 ...". Cut to size. */
void hvc_width__print(const struct hvc_verdict *verdict, char *text, size_t size);

/* prove_call.c */
/** Make the calls from `first` on, and hold the verdicts to those of the proof. */
HVC_MUST_USE enum hvc_status hvc_prover__confirm(struct hvc_prover *p, unsigned first,
                                                 struct hvc_diag *diag);

/* prove_promise.c: the calls of one caller that fall under a rule, as a condition */
struct hvc_rule_calls {
	struct hvc_prove_config config;
	struct hvc_check_part caller;
	struct hvc_prover prover;
};

/** world: an index into the ABI's. abi may be NULL, which has no rules. False: memory ran out. */
HVC_MUST_USE bool hvc_rule_calls__begin(struct hvc_rule_calls *calls, struct hvc_bvs *terms,
                                        const struct hvc_abi *abi, unsigned world,
                                        const struct hvc_exact_part *part);
/** A truth value. */
hvc_ref hvc_rule_calls__of(struct hvc_rule_calls *calls, unsigned rule);
void hvc_rule_calls__end(struct hvc_rule_calls *calls);

#endif
