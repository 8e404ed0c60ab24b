/* SPDX-License-Identifier: MIT */
/** What a row says of one call, held to what the machine did. Internal. */
#ifndef ENGINE_EXACT_TRIAL_H
#define ENGINE_EXACT_TRIAL_H

#include "engine/exact.h"
#include "engine/internal.h"

struct hvc_row_trial {
	struct hvc_exact *exact;
	const struct hvc_exact_part *part;
	const struct hvc_row *row;
	const struct hvc_model *model; /**< of the call, and of what is around it */
	const struct hvc_machine *machine;
	char *text; /**< what differs */
	size_t size;
	/* hvc_row__prepare fills in: */
	struct hvc_masks masks;
	hvc_ref condition;         /**< the row's, with all inputs but the immediate as they are */
	const struct hvc_set *set; /**< immediates for which it holds; NULL: to be asked of each */
};

/** False: no immediate meets the row with these inputs. */
bool hvc_row__prepare(struct hvc_row_trial *trial);
/** Does this immediate? The model has it, too. */
bool hvc_row__holds(const struct hvc_row_trial *trial, uint16_t imm);
/** Did the machine do something else? Then the text says what. */
bool hvc_row__differs(struct hvc_row_trial *trial, const struct hvc_call *call,
                      const struct hvc_outcome *outcome);
/** The engine died of this call: count it. */
void hvc_exact__lose(struct hvc_exact *exact, const struct hvc_flight *flight);
/** Does it go by memory that the usual world may not have? */
bool hvc_row__reads_memory(const struct hvc_exact_part *part, const struct hvc_row *row);

#endif
