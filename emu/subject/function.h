/* SPDX-License-Identifier: MIT */
/**
 * Where functions begin: by symbols, and where there are none by what the code shows (targets of
 * calls, landing pads and signed return addresses, what stands behind filling).
 */
#ifndef SUBJECT_FUNCTION_H
#define SUBJECT_FUNCTION_H

#include "subject/image.h"

struct hvc_functions {
	const struct hvc_loaded *loaded;
	/** A bit a word of each segment: a BL goes there; an LDR (literal) loads it. */
	uint8_t **called, **literal;
};

/** Read all code once. Free with hvc_functions__free, also on failure. */
HVC_MUST_USE enum hvc_status hvc_functions__read(const struct hvc_loaded *loaded,
                                                 struct hvc_functions *out);
void hvc_functions__free(struct hvc_functions *functions);

/**
 * The function around an instruction: [*begin, *end). False: no beginning was found within
 * `reach` words; then *begin is as far back as was looked.
 */
bool hvc_functions__covering(const struct hvc_functions *functions, uint64_t address,
                             unsigned reach, uint64_t *begin, uint64_t *end);

/**
 * Is the byte at this address in something executable? ELF: an executable section, or
 * segment where there are no sections. Other formats do not say, so everything is.
 */
bool hvc_functions__executable(const struct hvc_loaded *loaded, uint64_t address);

#endif
