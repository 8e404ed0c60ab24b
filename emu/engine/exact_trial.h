/* SPDX-License-Identifier: MIT */
/** What a row says of one call, held to what the machine did. Internal. */
#ifndef ENGINE_EXACT_TRIAL_H
#define ENGINE_EXACT_TRIAL_H

#include "engine/exact.h"
#include "engine/internal.h"

/** Reads of memory at addresses that go by the immediate. */
#define HVC_TRIAL_CELLS 16u

struct hvc_row_trial {
	struct hvc_exact *exact;
	const struct hvc_exact_part *part;
	const struct hvc_row *row;
	const struct hvc_model *model; /**< of the call, and of what is around it */
	struct hvc_machine *machine;
	char *text; /**< what differs */
	size_t size;
	/* hvc_row__prepare fills in: */
	hvc_ref condition; /**< the row's, with all inputs but the immediate as they are */
	hvc_ref cell[HVC_TRIAL_CELLS]; /**< memory that is elsewhere for each immediate, the newest
	                                  first */
	unsigned cells;
	uint64_t changing;         /**< as hvc_bv.uses: the immediate, and what goes by it */
	const struct hvc_set *set; /**< immediates for which it holds; NULL: to be asked of each */
	/* and the first comparison: */
	bool ready;
	struct hvc_masks masks;
	struct hvc_state after;         /**< of each call, but for what goes by the immediate: */
	uint16_t moving[HVC_REG_COUNT]; /**< effects that do */
	unsigned movings;
};

/** False: no immediate meets the row with these inputs. */
bool hvc_row__prepare(struct hvc_row_trial *trial);
/**
 * Does this immediate? The model has it, too, and gets what memory holds that it finds; the
 * machine is at rest.
 */
bool hvc_row__holds(const struct hvc_row_trial *trial, uint16_t imm);
/** Did the machine do something else? Then the text says what. */
bool hvc_row__differs(struct hvc_row_trial *trial, const struct hvc_call *call,
                      const struct hvc_outcome *outcome);
/** The engine died of this call: count it. */
void hvc_exact__lose(struct hvc_exact *exact, const struct hvc_flight *flight);
/** Does it go by memory that the usual world may not have? */
bool hvc_row__reads_memory(const struct hvc_exact_part *part, const struct hvc_row *row);

/* exact_store.c: a row's, of which there are none; false: memory ran out */
HVC_MUST_USE bool hvc_row__fill_stores(const struct hvc_exact *exact,
                                       const struct hvc_exact_part *part,
                                       const struct hvc_sympath *path, struct hvc_row *row);

/* exact_hyp.c: the rows of code for Hyp mode, which nothing follows, from calls */
HVC_MUST_USE enum hvc_status
hvc_exact__sweep_hyp(struct hvc_exact *exact, struct hvc_exact_part *part, struct hvc_diag *diag);

/* exact_sweep.c: calls that somebody makes, held to the rows of a map */
struct hvc_hold;
/** For calls of these probes. */
HVC_MUST_USE enum hvc_status hvc_hold__open(struct hvc_exact *exact,
                                            const struct hvc_probes *probes, struct hvc_hold **out);
void hvc_hold__close(struct hvc_hold *hold);
/** The machine that makes them from now on, which is in the world of the map. */
void hvc_hold__machine(struct hvc_hold *hold, struct hvc_machine *machine);
/** Did it do something else than its row says? Then text says what. *held: there is such a row. */
bool hvc_hold__differs(struct hvc_hold *hold, unsigned probe, const struct hvc_call *call,
                       const struct hvc_outcome *outcome, bool *held, char *text, size_t size);

/** Join the rows of a part; each has one path before. False: memory ran out. */
bool hvc_exact__join(struct hvc_exact *exact, struct hvc_exact_part *part);
/** Sort them, and find the one that is "anything else". */
void hvc_exact__order(struct hvc_exact *exact, struct hvc_exact_part *part);
void hvc_row__free(struct hvc_row *row);

#endif
