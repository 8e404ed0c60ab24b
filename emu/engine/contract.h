/* SPDX-License-Identifier: MIT */
/** Parts of measuring a contract, a section a file. */
#ifndef ENGINE_CONTRACT_H
#define ENGINE_CONTRACT_H

#include "engine/internal.h"
#include "hvcheck/contract.h"
#include "symbolic/bv.h"

/* contract_call.c: which calls a class is measured by */

struct hvc_contract_call {
	unsigned class_; /* index in the contract */
	unsigned world;
	uint16_t imm;
	struct hvc_probe probe;
};

/* What a proof knows of a place of a rule's calls. */
struct hvc_contract_change {
	bool changes;          /* in one of the calls that were chosen, and then */
	bool told;             /* in every call that changes it, */
	struct hvc_term value; /* to this */
};

struct hvc_contract_calls {
	struct hvc_contract_call *call;
	unsigned calls;
	size_t capacity;
	struct hvc_regset selectors;        /* registers that decide the class: never filled anew */
	struct hvc_contract_change *change; /* of a proof: rule by rule, place by place */
};

/* Registers of EL1 and EL0 that hold anything: nothing in a call depends on them. */
struct hvc_contract_scratch {
	enum hvc_reg reg;
	uint64_t mask;
};
extern const struct hvc_contract_scratch hvc_contract__scratch[];
extern const unsigned hvc_contract__scratches;

/* What an exception for the caller uses up, or entering EL2 for good, is no doing of the code. */
bool hvc_contract__measures(const struct hvc_masks *masks, enum hvc_outcome_kind kind,
                            enum hvc_level level, unsigned place);
/* The world that is measured in. */
enum hvc_status hvc_contract__world(const struct hvc_contract_config *config, unsigned world,
                                    struct hvc_world *out, struct hvc_diag *diag);
/* False: memory ran out. */
bool hvc_contract__add(struct hvc_contract_calls *calls, unsigned class_, unsigned world,
                       const struct hvc_probe *probe, uint16_t imm);

/* contract_prove.c: calls whose class_ is the rule; not proved: some of them may be missing */
enum hvc_status hvc_contract__prove(const struct hvc_contract_config *config,
                                    struct hvc_contract_calls *out, bool *proved,
                                    struct hvc_diag *diag);

/* Choose them, and make the classes. Free both on failure, too. */
enum hvc_status hvc_contract__choose(const struct hvc_contract_config *config,
                                     struct hvc_contract *contract, struct hvc_diag *diag,
                                     struct hvc_contract_calls *out);

/* contract_promise.c: what the ABI says of each place of a class */
void hvc_contract__promise(const struct hvc_rule *rule, struct hvc_contract_class *class_);
/* Does this rule name the register as a result, and is it what it says? */
bool hvc_contract__is_result(const struct hvc_rule *rule, enum hvc_reg reg,
                             const struct hvc_context *context, uint64_t value);

/* contract_promise.c: a value as reports say it; false: they have no word for it */
bool hvc_contract__say(struct hvc_bvs *terms, const hvc_ref *before, hvc_ref a,
                       struct hvc_term *out);

#endif
