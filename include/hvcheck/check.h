/* SPDX-License-Identifier: MIT */
/**
 * A subject against an ABI: what each rule promises, proved for all calls of every caller in
 * every world, and every immediate really called. Where a proof does not come to an end, or none
 * is asked for, every immediate is called with all registers of a list of probes instead.
 */
#ifndef HVCHECK_CHECK_H
#define HVCHECK_CHECK_H

#include "hvcheck/certificate.h"
#include "hvcheck/doubt.h"
#include "hvcheck/probe.h"
#include "hvcheck/verdict.h"

/** Called about ten times a second; false cancels. done of total calls. */
typedef bool (*hvc_progress_fn)(void *ctx, uint64_t done, uint64_t total);

struct hvc_contract;

/** How what is said of calls is known. */
enum hvc_evidence {
	HVC_EVIDENCE_PROVED, /**< for every input: each path, each register value, each immediate */
	HVC_EVIDENCE_SWEPT,  /**< every immediate was called, with the registers of some probes */
	/** a call of each way to it was made: what governs it goes on in a handler too long to
	   follow */
	HVC_EVIDENCE_SAMPLED,
};

/** "proved", "swept", "sampled". */
HVC_API const char *hvc_evidence_name(enum hvc_evidence evidence);

/** One caller in one world, and how far the proof of its calls came. */
struct hvc_check_part {
	unsigned world; /**< index in the ABI */
	enum hvc_level from;
	enum hvc_insn insn;
	bool proved;
	unsigned handlers; /**< not proved for so many handlers alone, which were not followed: of
	                      each rule a call was made there, and the rest is proved; 0: no */
	unsigned paths;    /**< through the subject's code that were followed */
	unsigned cells;    /**< pairs of a path and a rule that governs calls on it */
	uint64_t queries;  /**< that the solver was asked */
	char why[256]; /**< not proved: the first reason, and where; "" when none was asked for */
	hvc_other read[HVC_READS_MAX]; /**< system registers that the code reads, by MRS encoding */
	unsigned reads;
};

#define HVC_CAUSE_SYMBOL 96u

/** The instruction that made a call break its rule. */
struct hvc_cause {
	bool known;
	uint64_t pc;
	uint32_t word;
	enum hvc_isa isa;
	char symbol[HVC_CAUSE_SYMBOL]; /**< that covers it; "": none does. Cut to size */
	uint64_t offset;               /**< from the symbol */
};

/** One way in which calls break a rule: same rule, clause and register. */
struct hvc_finding {
	struct hvc_verdict verdict; /**< of the witness */
	unsigned world;             /**< index in the ABI, of the witness */
	struct hvc_probe probe;     /**< the witness: the first call in order of world, immediate,
	                                 probe */
	uint16_t imm;
	uint64_t calls;             /**< how many calls break it this way */
	uint32_t immediates;        /**< on how many different immediates */
	struct hvc_outcome outcome; /**< what the witness did */
	char also[160];             /**< other registers that it leaves wrong; or "" */
	struct hvc_cause cause;     /**< of what is wrong in the witness */
	bool sampled;               /**< seen in handlers alone that were not followed */
};

/** A world of the ABI, with all that is laid over it, and what was met in it. */
struct hvc_check_world {
	struct hvc_world world;
	struct hvc_state entry; /**< registers at a call but x0..x30, nzcv, daif */
	struct hvc_regset present;
	unsigned probes;   /**< register files that every immediate was called with, */
	uint64_t calls;    /**< which makes so many calls, */
	uint64_t held;     /**< of which so many were held to what a proof says they do (--sweep) */
	unsigned untried;  /**< constants of the code that were not tried, there being too many */
	uint64_t failed;   /**< calls of which nothing is known: the engine died of them */
	char failure[256]; /**< one of these: "hvc #0x5 from el1h, at 0x80000104: ..."; or "" */
	uint32_t classified; /**< immediates of which no call failed, or was left out as too long */
	struct hvc_supplied supplied; /**< what its calls had to make up */
	struct hvc_doubt doubt;
};

/** The account of one rule. */
struct hvc_rule_account {
	uint64_t calls; /**< made and judged; conforms + violates + undecided */
	uint64_t conforms, violates, undecided;
	enum hvc_evidence known; /**< proved: for all callers and worlds that the rule speaks of */
};

struct hvc_check {
	char *subject;
	const struct hvc_abi *abi;     /**< borrowed */
	struct hvc_check_world *world; /**< one a world of the ABI */
	unsigned worlds;
	struct hvc_rule_account *rule; /**< one a rule of the ABI */
	struct hvc_rule_account total;
	struct hvc_check_part *part; /**< in the order of worlds, instructions, callers */
	unsigned parts;
	struct hvc_finding *finding; /**< in rule order, then clause, register */
	unsigned findings;
	unsigned contradictions; /**< behind the findings, in the same order: promises that the ABI
	                              itself makes impossible, and that are not judged */
	unsigned findings_assumed; /**< of them, those that are faults of the assumed world */
	struct hvc_doubt doubt;    /**< calls of these findings, or all where none was completed */
	uint8_t *verdicts; /**< of each immediate: bits 1 << enum hvc_verdict_kind of its calls */
	uint32_t immediates_violating;       /**< immediates with at least one violation */
	const struct hvc_contract *contract; /**< borrowed; to be reported with it, NULL: none */
};

struct hvc_check_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;
	const struct hvc_world *over; /**< laid over each world of the ABI; NULL: nothing */
	unsigned randoms;             /**< seeded random values a selector */
	bool brief;      /**< sweeps with only the values that rules name, for every caller alike */
	bool sweep;      /**< no proof: sweep all callers */
	unsigned paths;  /**< of one caller that a proof follows; 0: a good number */
	unsigned levels; /**< bits 1 << enum hvc_level; 0: all that the ABI speaks of */
	unsigned insns;  /**< bits 1 << enum hvc_insn; 0: all that the ABI speaks of */
	unsigned jobs;
	uint64_t budget;
	struct hvc_certificates *certificates; /**< of what is proved, to be added; NULL: none */
	hvc_progress_fn progress;
	void *progress_ctx;
};

/**
 * Errors: those of hvc_machine_open, HVC_E_CANCELLED, HVC_E_ENGINE (the engine died of too many
 * calls; or the machine and the proof disagree, with the call: then nothing of either is to be
 * believed).
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_check_run(const struct hvc_check_config *config,
                                                   struct hvc_diag *diag, struct hvc_check **out);
HVC_API void hvc_check_free(struct hvc_check *check);

/** One line: "x0 is 0x2, promised 0x0 (vbar_el2)" and the like. Cut to size. */
HVC_API void hvc_finding_print(const struct hvc_check *check, const struct hvc_finding *finding,
                               char *text, size_t size);
#endif
