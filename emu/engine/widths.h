/* SPDX-License-Identifier: MIT */
/** The same ABI for 64 and for 32 bits, side by side: of one file, of two, or of two families. */
#ifndef ENGINE_WIDTHS_H
#define ENGINE_WIDTHS_H

#include "abi/family.h"
#include "engine/abi_diff.h"

/** Two ABIs, one of each width. */
struct hvc_widths {
	const char *since;                    /**< the version from which they hold */
	struct hvc_abi *abi[HVC_SIDE_COUNT];  /**< owned; may be NULL */
	struct hvc_abi *read[HVC_SIDE_COUNT]; /**< the same at 32 bits; owned */
	struct hvc_abi_diff *diff;
	unsigned agreed, operations; /**< operations that agree, of all; unknown calls are none */
};

/** Is one of the two of callers in AArch32 state, and the other not? */
bool hvc_widths__are_two(const struct hvc_abi *a, const struct hvc_abi *b);

/**
 * Compare abi[0] and abi[1]; or the two widths of abi[0], where abi[1] is NULL. subject: as for
 * hvc_abi_diff__run, of the one of 32 bits alone. Errors: HVC_E_ARG where there is one width only;
 * those of hvc_abi_diff__run. Free with hvc_widths__free also after an error.
 */
HVC_MUST_USE enum hvc_status hvc_widths__compare(struct hvc_widths *widths, struct hvc_diag *diag);
void hvc_widths__free(struct hvc_widths *widths);

/** Two families of ABIs, one of each width, from version to version. */
struct hvc_width_history {
	const char *family[HVC_SIDE_COUNT];
	char until[HVC_SIDE_COUNT]
	          [HVC_VERSION_SIZE]; /**< the last version of a family that ended */
	struct hvc_widths pair[2 * HVC_GENERATIONS_MAX]; /**< oldest first */
	unsigned pairs;
};

/**
 * A pair for each version in which one of the families has a new generation and both have one.
 * Errors: HVC_E_NOTFOUND where a name is no family, or there is no such version; those of
 * hvc_widths__compare. Free with hvc_width_history__free.
 */
HVC_MUST_USE enum hvc_status hvc_width_history__make(const char *const family[HVC_SIDE_COUNT],
                                                     struct hvc_diag *diag,
                                                     struct hvc_width_history **out);
void hvc_width_history__free(struct hvc_width_history *history);

#endif
