/* SPDX-License-Identifier: MIT */
/** The generations of an ABI family side by side, as their specifications say. Internal. */
#ifndef ENGINE_HISTORY_H
#define ENGINE_HISTORY_H

#include "abi/family.h"
#include "engine/abi_diff.h"

/** One operation in one generation. */
struct hvc_history_cell {
	char *how;  /**< "x0 = 1": how it is asked for; NULL: it is not there */
	bool other; /**< an old caller of another operation meets it: the number changed meaning */
};

struct hvc_history_row {
	char *name; /**< of an operation */
	struct hvc_history_cell cell[HVC_GENERATIONS_MAX];
};

struct hvc_history {
	struct hvc_abi *abi[HVC_GENERATIONS_MAX]; /**< oldest first */
	unsigned generations;
	struct hvc_history_row *row; /**< in the order of their first generation */
	unsigned rows;
};

/**
 * Of these ABIs, by the words that --abi takes, oldest first: two at least, HVC_GENERATIONS_MAX at
 * most. Errors: those of hvc_abi_open and hvc_abi_diff__run. Free with hvc_history__free.
 */
HVC_MUST_USE enum hvc_status hvc_history__make(const char *const *name, unsigned names,
                                               struct hvc_diag *diag, struct hvc_history **out);
void hvc_history__free(struct hvc_history *history);

#endif
