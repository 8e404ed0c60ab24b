/* SPDX-License-Identifier: MIT */
/**
 * Leaks: what a caller below EL2 can see of a call afterwards, against what it has no way to read
 * (hvc_secret__name). Of every path, and every two between which a secret decides, it is proved
 * that all values of the secrets show the same, or two values are named that do not, and the call
 * is really made with both.
 *
 * Seen by the caller: x0..x30, SP_EL0, SP_EL1, the flags and masks, the registers of EL1 and
 * EL0, the FP/SIMD registers, memory that is not EL2's own, and how and where the call ended. A
 * call that hands EL2 over (a soft restart) hides nothing from who gets it; a call that never
 * comes back shows nothing but that. Time is left out.
 *
 * A secret leaves the handler the machine to run on: pointers of EL2's own lead to memory of
 * EL2's, different ones to different memory; what decides where control goes, or how memory is
 * translated, is no secret.
 */
#ifndef HVC_ENGINE_LEAK_H
#define HVC_ENGINE_LEAK_H

#include "engine/prover.h"
#include "engine/secret.h"
#include "hvcheck/check.h"

/** By what a secret came out. */
enum hvc_channel {
	HVC_CHANNEL_OUTCOME,  /**< the call ended another way, or elsewhere */
	HVC_CHANNEL_REGISTER, /**< a register of reg.h, the flags included */
	HVC_CHANNEL_SIMD,     /**< an FP/SIMD register */
	HVC_CHANNEL_MEMORY,   /**< memory that is not EL2's own */
	HVC_CHANNEL_CONTROL, /**< EL2's vectors are where the caller says, who has all of it then */
	HVC_CHANNEL_COUNT,
};

/** "outcome", "register", "simd", "memory", "control". */
const char *hvc_channel__name(enum hvc_channel channel);

/** One way in which a rule's calls leak: same rule, channel and place. */
struct hvc_leak {
	int rule; /**< of the ABI; -1 without one */
	enum hvc_channel channel;
	unsigned place;          /**< enum hvc_reg, or an hvc_simd_name index; else 0 */
	uint32_t sources;        /**< bits 1 << i: secrets that alone make the difference */
	char condition[256];     /**< on the call, where it was found first: "x0 = 2" */
	unsigned world;          /**< index in the ABI, of the witness */
	struct hvc_probe probe;  /**< the witness: a call */
	uint16_t imm;            /**< its immediate */
	char secret[200];        /**< what differs for it: "sp_el2", "key", "[sp_el2 - 0x8]" */
	enum hvc_reg secret_reg; /**< that, where it is a register; else HVC_REG_NONE */
	uint64_t secret_value[2];
	uint64_t address;        /**< memory: where the caller sees it */
	uint64_t value[2];       /**< what it sees with the first and with the second; outcome: enum
	                              hvc_outcome_kind; of a q register the half that differs */
	enum hvc_level level[2]; /**< outcome: where the call ended, */
	uint64_t at[2];          /**< and at which address */
	bool moved;              /**< the instruction is known */
	uint64_t pc;             /**< the instruction that moved the secret there, */
	uint32_t word;           /**< its code, */
	enum hvc_isa isa;        /**< of this instruction set */
};

struct hvc_leaks {
	char *subject;
	const struct hvc_abi *abi; /**< borrowed; NULL: none */
	struct hvc_world *world;   /**< those of the ABI, or the one given */
	unsigned worlds;
	struct hvc_leak *leak; /**< in order of rule, channel, place */
	unsigned leaks;
	struct hvc_check_part *part; /**< callers, in the order of worlds; proved: all is decided */
	unsigned parts;
	unsigned paths;    /**< compared + granted + silent */
	unsigned compared; /**< come back from EL2 to a caller below it */
	unsigned granted;  /**< hand EL2 over to code that is not the subject's */
	unsigned silent;   /**< never come back, or never reach EL2 */
	unsigned declared; /**< differences that a rule's results declare: rules and registers */
	uint32_t secrets;  /**< bits 1 << i: those that there are */
	bool swept;        /**< A32 and T32 code: one call of each behaviour that is known */
};

struct hvc_leaks_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;     /**< NULL: none; its worlds and callers are used */
	const struct hvc_world *world; /**< without an ABI; NULL: the default */
	const struct hvc_world *over;  /**< laid over each world of the ABI; NULL: nothing */
	unsigned levels; /**< bits 1 << enum hvc_level; 0: all below EL2 (that the ABI speaks of) */
	unsigned insns;  /**< bits 1 << enum hvc_insn; 0: both (that the ABI speaks of) */
	struct hvc_regset set; /**< of x0..x30: those that are not any value, but */
	const uint64_t *value; /**< this, by enum hvc_reg */
	const uint16_t *imm;   /**< the one immediate; NULL: each */
	uint64_t budget;
};

/**
 * Look for leaks. Callers at EL2 are left out: they can read it all. Errors: those of
 * hvc_machine_open; HVC_E_ARG (no call from below EL2, none that comes back); HVC_E_UNSUPPORTED:
 * there is none as far as is decided, but not all is, and the message says what; HVC_E_ENGINE,
 * which is hvcheck's own fault: the machine does not show what is proved.
 */
HVC_MUST_USE enum hvc_status hvc_leaks__find(const struct hvc_leaks_config *config,
                                             struct hvc_diag *diag, struct hvc_leaks **out);
void hvc_leaks__free(struct hvc_leaks *leaks);

/** One line: "x19 tells sp_el2", "memory at 0x4000020800 tells tpidr_el2". Cut to size. */
void hvc_leak__print(const struct hvc_leak *leak, char *text, size_t size);

/* Parts of the search for leaks, a section a file. */

/* leak_run.c */

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

/* leak_hyp.c: the same of one caller of code for Hyp mode. */
enum hvc_status hvc_leak__sweep_hyp(struct hvc_leak_search *search, enum hvc_level from,
                                    enum hvc_insn insn, struct hvc_diag *diag);

/* leak_pair.c: everything by which two paths can be told apart; notes what is found. */
enum hvc_status hvc_leak__compare(struct hvc_leak_pair *pair, struct hvc_diag *diag);
/* For tests, which have no proof that is wrong: called of each register, with where it differs. */
extern void (*hvc_leak__trial)(const struct hvc_leak_pair *pair, unsigned reg, hvc_ref *parts);
enum hvc_status hvc_leak__add(struct hvc_leak_search *search, const struct hvc_leak *leak);
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
