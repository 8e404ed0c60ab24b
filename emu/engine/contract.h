/* SPDX-License-Identifier: MIT */
/** Parts of measuring a contract, a section a file. */
#ifndef ENGINE_CONTRACT_H
#define ENGINE_CONTRACT_H

#include "engine/internal.h"
#include "hvcheck/contract.h"

/* contract_call.c: which calls a class is measured by */

struct hvc_contract_call {
	unsigned class_; /* index in the contract */
	unsigned world;
	uint16_t imm;
	struct hvc_probe probe;
};

struct hvc_contract_calls {
	struct hvc_contract_call *call;
	unsigned calls, capacity;
	struct hvc_regset selectors; /* registers that decide the class: never filled anew */
};

/* Choose them, and make the classes. Free both on failure, too. */
enum hvc_status hvc_contract__choose(const struct hvc_contract_config *config,
                                     struct hvc_contract *contract, struct hvc_diag *diag,
                                     struct hvc_contract_calls *out);

/* contract_promise.c: what the ABI says of each place of a class */
void hvc_contract__promise(const struct hvc_rule *rule, struct hvc_contract_class *class_);
/* Does this rule name the register as a result, and is it what it says? */
bool hvc_contract__is_result(const struct hvc_rule *rule, enum hvc_reg reg,
                             const struct hvc_context *context, uint64_t value);

#endif
