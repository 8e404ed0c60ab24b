/* SPDX-License-Identifier: MIT */
/** Trying sequences of calls, a section a file. */
#ifndef ENGINE_SEQUENCE_H
#define ENGINE_SEQUENCE_H

#include "hvcheck/sequence.h"

/* sequence_play.c: calls one after the other, judged one by one */

struct hvc_player {
	const struct hvc_abi *abi;
	unsigned world;
	unsigned levels, insns; /* of the callers of random sequences, bits */
	struct hvc_machine *machine;
	uint64_t own;                        /* the subject's vectors */
	uint64_t table[HVC_SEQUENCE_TABLES]; /* what leads to them */
	uint64_t image_lo, image_hi;         /* hull of the subject and the tables, hi exclusive */
	uint32_t *code;                      /* of the tables */
	struct hvc_state state;              /* as the calls so far left it */
	uint64_t calls;                      /* made */
	const struct hvc_world *setting;     /* the caller's */
	struct hvc_doubt doubt;              /* of the calls: all but their number */
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
enum hvc_status hvc_player__invented(const struct hvc_player *player, struct hvc_invented *out);
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
