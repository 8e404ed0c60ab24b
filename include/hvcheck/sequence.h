/* SPDX-License-Identifier: MIT */
/**
 * Sequences: calls made one after the other in one machine, each judged by the rule it falls
 * under with the state that the calls before it left. Two kinds are tried: those that a
 * specification states (property.h), and random ones, of which a failing one is cut down to the
 * fewest calls and the simplest values that still fail the same way.
 *
 * Vectors that a caller sets would take the calls away from the subject. So a machine also has
 * some tables whose slots branch to the subject's: setting one of them changes VBAR_EL2 and
 * nothing else. Where VBAR_EL2 is neither the subject's table nor one of those, or where EL2 was
 * handed over or hangs, a random sequence ends.
 */
#ifndef HVCHECK_SEQUENCE_H
#define HVCHECK_SEQUENCE_H

#include "hvcheck/doubt.h"
#include "hvcheck/property.h"
#include "hvcheck/subject.h"
#include "hvcheck/verdict.h"

/** Tables that lead to the subject's handlers, besides its own. 2 KiB each, one after the other. */
#define HVC_SEQUENCE_TABLES 4u
/** Most calls of a random sequence. */
#define HVC_SEQUENCE_CALLS_MAX 10u

/** One call that was made, and how it ended. */
struct hvc_sequence_step {
	struct hvc_call call;
	int rule; /**< it falls under; -1: the subject's vectors were not in place any more */
	enum hvc_outcome_kind outcome;
	enum hvc_level level;
	uint64_t pc;
	uint64_t x0;
};

/** A sequence whose last call did not do what it should have done. */
struct hvc_sequence_failure {
	unsigned world; /**< index in the ABI */
	struct hvc_sequence_step *step;
	unsigned steps;
	struct hvc_verdict verdict; /**< of the last call; rule as there */
	bool stated;                /**< broken is what the property says, not the rule */
	unsigned call;              /**< of a property: which of its calls */
	uint64_t seed;              /**< of the random sequence it was cut down from, */
	unsigned found;             /**< and how many calls that had made */
	uint64_t sequences;         /**< random ones that failed this way: rule, clause, register */
};

/** The account of one property in one world. */
struct hvc_sequence_property {
	unsigned property; /**< index in the ABI */
	unsigned world;
	unsigned trials; /**< it was tried so often; 0: from no caller could its calls be made */
	bool broken;
	struct hvc_sequence_failure failure; /**< where it is broken: the first */
};

struct hvc_sequences {
	char *subject;
	const struct hvc_abi *abi; /**< borrowed */
	struct hvc_world *world;   /**< those of the ABI */
	unsigned worlds;
	uint64_t table[HVC_SEQUENCE_TABLES]; /**< the tables besides the subject's; 0: no room */
	struct hvc_sequence_property *property;
	unsigned properties;
	unsigned broken; /**< properties that are */
	uint64_t seed;
	unsigned levels, insns;               /**< as configured */
	uint64_t randoms;                     /**< random sequences tried, */
	uint64_t calls;                       /**< calls they made, not those of shrinking, */
	uint64_t failed;                      /**< and how many of them failed */
	struct hvc_sequence_failure *failure; /**< one a rule, clause and register; fewest calls
	                                           first */
	unsigned failures;
	struct hvc_doubt doubt; /**< of all calls; those that ended in a fault of the assumed
	                             world fail nothing */
};

struct hvc_sequence_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;
	const struct hvc_world *over; /**< laid over each world of the ABI; NULL: nothing */
	uint64_t seed;
	unsigned randoms; /**< random sequences; number i has the seed seed + i */
	unsigned levels;  /**< of their callers, bits 1 << enum hvc_level; 0: all of the ABI */
	unsigned insns;   /**< bits 1 << enum hvc_insn; 0: all of the ABI */
	uint64_t budget;
	bool (*progress)(void *ctx, uint64_t done, uint64_t total); /**< may be NULL */
	void *progress_ctx;
};

/**
 * Try the ABI's properties and random sequences. The result depends on the configuration alone.
 * Errors: those of hvc_machine_open; HVC_E_FORMAT (the call of a property falls under another
 * rule than it says), HVC_E_CANCELLED, HVC_E_ENGINE, HVC_E_NOMEM.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_sequences_try(const struct hvc_sequence_config *config,
                                                       struct hvc_diag *diag,
                                                       struct hvc_sequences **out);
HVC_API void hvc_sequences_free(struct hvc_sequences *sequences);

/** One line: "x0 is 0x2, promised 0x0 (vbar_el2)" and the like. Cut to size. */
HVC_API void hvc_sequence_print(const struct hvc_sequences *sequences,
                                const struct hvc_property *property,
                                const struct hvc_sequence_failure *failure, char *text,
                                size_t size);

/**
 * The command that tries the same again: with one random sequence and a failure's seed that which
 * it was cut down from. abi: the word that opened the ABI. Cut to size.
 */
HVC_API void hvc_sequence_command(const struct hvc_sequences *sequences, const char *abi,
                                  const struct hvc_sequence_failure *failure, unsigned randoms,
                                  char *text, size_t size);

#endif
