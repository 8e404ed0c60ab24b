/* SPDX-License-Identifier: MIT */
/** The symbol table that a Linux kernel keeps of itself, found in an image without symbols. */
#ifndef SUBJECT_KALLSYMS_H
#define SUBJECT_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hvcheck/hvc.h"
#include "subject/image.h"

/**
 * Add the names of a kernel's own symbol table to the image's. An image without one, or with
 * one that does not hold together, gets none, and that is no failure. HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_kallsyms__load(struct hvc_loaded *loaded);

#define HVC_KALLSYMS_TOKENS 256u
/** Names are shorter: KSYM_NAME_LEN, 512 since 6.1, and the letter of their type. */
#define HVC_KALLSYMS_NAME 513u

struct hvc_kallsyms {
	const uint8_t *bytes; /**< the image */
	size_t size;
	size_t token_table, token_index, names, names_end, head; /**< offsets; head: of count */
	uint32_t count;
	unsigned alignment; /**< of the tables: 8 or 4 */
};

/** Find the tables of names. False: there are none. */
bool hvc_kallsyms__find(const uint8_t *bytes, size_t size, struct hvc_kallsyms *out);

/** The next offset at which a table may begin. */
size_t hvc_kallsyms__align(const struct hvc_kallsyms *tables, size_t offset);

/**
 * Expand the name at an offset, its type first; *at becomes the offset of the next one. Length
 * without the NUL, 0 when it is not a name.
 */
size_t hvc_kallsyms__name(const struct hvc_kallsyms *tables, size_t *at,
                          char text[HVC_KALLSYMS_NAME + 1]);

#endif
