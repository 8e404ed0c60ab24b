/* SPDX-License-Identifier: MIT */
/** The search for overlaps, shared by what finds them and what says which calls they are. */
#ifndef HVC_ABI_OVERLAP_H
#define HVC_ABI_OVERLAP_H

#include "abi/abi.h"
#include "abi/cover_search.h"
#include "hvcheck/overlap.h"

/** One ABI, its rules as boxes of immediates and registers. */
struct hvc_overlap_side {
	const struct hvc_abi *abi;
	struct hvc_cover_box *box;
};

/** The search for all overlaps. */
struct hvc_overlap_work {
	struct hvc_overlap_side side[2];
	hvc_overlap_filter *filter;
	struct hvc_cover_search search;
	const struct hvc_cover_box **minus; /* rules that take calls of the pair at hand */
	unsigned minuses;
	enum hvc_level level;
	unsigned world[2];
	struct hvc_arena arena;
	struct hvc_overlap *overlap;
	unsigned count;
	size_t room;
	unsigned *index; /* of the overlap of a pair of rules, plus 1; 0: none */
	bool *lost; /* other rules take all calls of a pair, in some world or from some caller */
};

/*
 * Of the pair of rules that w->search holds, less w->minus. False: memory ran out.
 */
/** The immediates for which some call stays with the pair. */
bool hvc_overlap__find_imms(struct hvc_overlap_work *work, const struct hvc_rule *const rule[2],
                            struct hvc_overlap *out);
/** What both rules ask of the registers, in as few conditions as it takes. */
bool hvc_overlap__find_conditions(struct hvc_overlap_work *work,
                                  const struct hvc_rule *const rule[2], struct hvc_overlap *out);
/** Do rules of higher priority take calls with the immediates that were found? */
bool hvc_overlap__is_partly(struct hvc_overlap_work *work, const struct hvc_overlap *overlap);

#endif
