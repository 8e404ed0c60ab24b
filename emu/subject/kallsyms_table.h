/* SPDX-License-Identifier: MIT */
/**
 * Where the tables of kallsyms are in an image, found by how they hold together; see
 * scripts/kallsyms.c of Linux 3.7 to 7.0, which writes them:
 *
 *   before 6.4   addresses, or offsets and their base; count; names; markers; from 6.2 to 6.3
 *                an index by name; token table; token index
 *   from 6.4     count; names; markers; token table; token index; offsets; their base
 *   from 7.0     the same without a base: offsets are from where they stand
 *
 * All begin at multiples of 8, from 7.0 on of 4. A name is a length (of one byte, or two from 6.1
 * on when its top bit is set) and that many tokens; a marker is where each 256th name begins, in 8
 * bytes until 4.19, then in 4.
 */
#ifndef SUBJECT_KALLSYMS_TABLE_H
#define SUBJECT_KALLSYMS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

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
