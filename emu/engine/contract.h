/* SPDX-License-Identifier: MIT */
/**
 * Register contracts: what becomes of each register in the calls of one class, against what the
 * ABI promises. It is proved for every input. With an ABI it is shown by calls; where a path is not
 * followed to its end, it is measured over many register files instead: all registers that do not
 * select the call are filled anew for every seed, the flags, the FP/SIMD registers and the scratch
 * registers of EL1 and EL0 among them, so that a register that only seems to be kept is found out.
 *
 * A class is a rule of an ABI, or without one a class of a map.
 */
#ifndef HVC_ENGINE_CONTRACT_H
#define HVC_ENGINE_CONTRACT_H

#include "engine/call.h"
#include "engine/internal.h"
#include "symbolic/bv.h"

enum hvc_fate {
	HVC_FATE_PRESERVED, /**< in every call as it was at the call */
	HVC_FATE_RESULT,    /**< in every call what the rule's results say */
	HVC_FATE_CLOBBERED, /**< neither: changed in at least one call */
	HVC_FATE_COUNT,
};

/** "preserved", "result", "clobbered". */
const char *hvc_fate__name(enum hvc_fate fate);

/** Everything that has a fate: enum hvc_reg, then the FP/SIMD registers of hvc_simd_name. */
#define HVC_PLACES (HVC_REG_COUNT + HVC_SIMD_NAMES)
/** "x0", "vbar_el2", "q7". Constant string. */
const char *hvc_place__name(unsigned place);

struct hvc_clause_fate {
	enum hvc_fate fate;
	bool measured;         /**< the CPU has it, and the kind of outcome leaves it alone */
	bool allowed;          /**< the ABI lets the calls change it; always so without one */
	bool told;             /**< clobbered: the same way in all calls that changed it, */
	struct hvc_term value; /**< this one */
};

struct hvc_contract_class {
	int rule; /**< of the ABI; -1: class_ of the map */
	unsigned class_;
	enum hvc_outcome_kind kind;
	uint64_t calls;  /**< with an ABI: that ended this way; only they count */
	uint64_t strays; /**< that did not */
	struct hvc_clause_fate place[HVC_PLACES];
};

/** A register that a caller gets back neither as it was nor as a result. */
struct hvc_contract_finding {
	unsigned class_; /**< index in the contract */
	unsigned place;
	bool allowed; /**< false: the ABI promises otherwise */
	struct hvc_probe
	        probe; /**< the witness: the first call that shows it, its immediate in it */
	struct hvc_world world;
};

struct hvc_contract {
	const struct hvc_abi *abi; /**< borrowed; NULL: none */
	struct hvc_contract_class *class_;
	unsigned classes;
	struct hvc_contract_finding *finding; /**< in order of class, place */
	unsigned findings;
	unsigned broken; /**< findings that the ABI does not allow */
	unsigned seeds;
	uint64_t calls;
	bool proved; /**< for every input: what no call changes is kept, or a result, in all */
};

struct hvc_contract_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;
	const struct hvc_world *over; /**< laid over each world of the ABI; NULL: nothing */
	unsigned levels; /**< bits 1 << enum hvc_level; 0: all that the ABI speaks of */
	unsigned insns;  /**< bits 1 << enum hvc_insn; 0: all that the ABI speaks of */
	unsigned seeds;  /**< register files a call is tried with; 0: 16 */
	uint64_t budget;
};

/**
 * Measure. Findings are made of calls that come back to the caller: what a soft restart hands
 * over, its new owner has asked for. Errors: those of hvc_machine_open and hvc_machine_call.
 */
HVC_MUST_USE enum hvc_status hvc_contract__measure(const struct hvc_contract_config *config,
                                                   struct hvc_diag *diag,
                                                   struct hvc_contract **out);
struct hvc_exact;
/** Read it off an exact map: nothing is promised, so there are no findings. HVC_E_NOMEM. */
HVC_MUST_USE enum hvc_status hvc_contract__of_exact(const struct hvc_exact *exact,
                                                    struct hvc_diag *diag,
                                                    struct hvc_contract **out);
void hvc_contract__free(struct hvc_contract *contract);

/* Parts of measuring a contract, a section a file. */

/* contract.c: which calls a class is measured by */

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
