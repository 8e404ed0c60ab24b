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
#ifndef HVC_ENGINE_SEQUENCE_H
#define HVC_ENGINE_SEQUENCE_H

#include "abi/property.h"
#include "hvcheck/doubt.h"
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
	const struct hvc_abi *abi;  /**< borrowed */
	struct hvc_world *world;    /**< those of the ABI */
	struct hvc_regset *present; /**< registers of the CPU, world by world */
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
HVC_MUST_USE enum hvc_status hvc_sequences__try(const struct hvc_sequence_config *config,
                                                struct hvc_diag *diag, struct hvc_sequences **out);
void hvc_sequences__free(struct hvc_sequences *sequences);

/** One line: "x0 is 0x2, promised 0x0 (vbar_el2)" and the like. Cut to size. */
void hvc_sequence__print(const struct hvc_sequences *sequences, const struct hvc_property *property,
                         const struct hvc_sequence_failure *failure, char *text, size_t size);

/**
 * The command that tries the same again: with one random sequence and a failure's seed that which
 * it was cut down from. abi: the word that opened the ABI. Cut to size.
 */
void hvc_sequence__command(const struct hvc_sequences *sequences, const char *abi,
                           const struct hvc_sequence_failure *failure, unsigned randoms, char *text,
                           size_t size);

/* Trying sequences of calls, a section a file. */

/* sequence_play.c: calls one after the other, judged one by one */

struct hvc_player {
	const struct hvc_abi *abi;
	unsigned world;
	unsigned levels, insns; /* of the callers of random sequences, bits */
	struct hvc_machine *machine;
	uint64_t own;                        /* the subject's vectors */
	uint64_t table[HVC_SEQUENCE_TABLES]; /* what leads to them */
	uint64_t image_lo, image_hi;         /* hull of the subject and the tables, hi exclusive */
	bool aarch32, t32;               /* the subject is 32-bit code, and its vectors are T32 */
	uint32_t *code;                  /* of the tables */
	struct hvc_state state;          /* as the calls so far left it */
	uint64_t calls;                  /* made */
	const struct hvc_world *setting; /* the caller's */
	struct hvc_doubt doubt;          /* of the calls: all but their number */
};

struct hvc_played {
	struct hvc_sequence_step step;
	struct hvc_verdict verdict;
	struct hvc_state state; /* after the call, x0 to x30, nzcv and daif included */
	bool refused;           /* nothing can execute where the caller is: the call was not made */
	bool untrapped;         /* an SMC that went to EL3: nothing is said of it */
	bool over;              /* EL2 is not the subject's any more, or hangs */
};

enum hvc_status hvc_player__open(const struct hvc_sequence_config *config,
                                 const struct hvc_world *world, unsigned index,
                                 struct hvc_diag *diag, struct hvc_player *out);
void hvc_player__close(struct hvc_player *player);
/* What the calls had to make up. */
enum hvc_status hvc_player__supplied(const struct hvc_player *player, struct hvc_supplied *out);
/* Back to the world. */
enum hvc_status hvc_player__begin(struct hvc_player *player, struct hvc_diag *diag);
/* Are vectors in place that lead to the subject's handlers? */
bool hvc_player__is_in_place(const struct hvc_player *player);
/* Does an SMC come to EL2, as things are now? */
bool hvc_player__traps_smc(const struct hvc_player *player);
enum hvc_status hvc_player__call(struct hvc_player *player, const struct hvc_call *call,
                                 struct hvc_diag *diag, struct hvc_played *out);
/* The first register that the states have not in common, of those that carry over. */
enum hvc_reg hvc_player__differs(const struct hvc_player *player, const struct hvc_state *a,
                                 const struct hvc_state *b);

/* sequence_call.c: pseudo-random calls of rules */

struct hvc_dice {
	uint64_t state;
};

uint64_t hvc_dice__roll(struct hvc_dice *dice);
/* Below limit, which is not 0. */
unsigned hvc_dice__below(struct hvc_dice *dice, uint64_t limit);
/* One of the values in the intervals; without dice the lowest. */
uint64_t hvc_dice__pick(struct hvc_dice *dice, const struct hvc_interval *interval,
                        unsigned intervals);

struct hvc_wanted {
	unsigned rule;
	unsigned levels, insns; /* bits */
};

/*
 * A call that falls under the rule; without dice the simplest. False when none was found, which
 * is so where rules of higher priority take nearly all.
 */
bool hvc_sequence__call(const struct hvc_player *player, const struct hvc_wanted *wanted,
                        struct hvc_dice *dice, struct hvc_call *out);
/* Up to HVC_SEQUENCE_CALLS_MAX calls that something is promised of. Returns how many. */
unsigned hvc_sequence__random(const struct hvc_player *player, struct hvc_dice *dice,
                              struct hvc_call *out);

/* sequence_shrink.c */

/*
 * calls: how many were made; the last one's verdict violates. Cut the sequence down in place to
 * the fewest of its calls, and to the simplest values, whose last one fails by the same rule,
 * clause and register.
 */
enum hvc_status hvc_sequence__shrink(struct hvc_player *player, const struct hvc_verdict *verdict,
                                     struct hvc_call *call, unsigned *calls, struct hvc_diag *diag);

/* sequence_property.c */

/* Try one property in the player's world. out is zero but for its property and world. */
enum hvc_status hvc_property__try(struct hvc_player *player, uint64_t seed,
                                  const struct hvc_property *property, struct hvc_diag *diag,
                                  struct hvc_sequence_property *out);

#endif
