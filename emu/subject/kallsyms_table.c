/* SPDX-License-Identifier: MIT */
/* The tables of kallsyms as they lie in an image, and the names in them. */
#include "subject/kallsyms.h"

#include <stdlib.h>
#include <string.h>

#include "hvcheck/limit.h"
#include "subject/little.h"

#define COUNT_MIN  16u
#define NAMES_MAX  ((size_t)32 << 20)
#define STRIDE     256u /* names a marker */
#define TASTED     8u   /* names looked at before all are */
#define DIGIT_FROM 0x30u
/* Token tables looked behind, and bytes of names read in vain, before giving up. */
#define TABLES_MAX 8u
#define VAIN_MAX   ((size_t)256 << 20)

size_t hvc_kallsyms__align(const struct hvc_kallsyms *tables, size_t offset)
{
	return (offset + (tables->alignment - 1)) & ~(size_t)(tables->alignment - 1);
}

/*
 * Is this the token "0" of a token table? Digits stand for themselves in each, in their places.
 * The index, which follows the table, says where each token is; all of them must be there.
 */
static bool is_token_table(struct hvc_kallsyms *tables, size_t zero)
{
	const uint8_t *bytes = tables->bytes, *index;
	size_t end = zero, start, at = 0;

	for (unsigned i = DIGIT_FROM; i < HVC_KALLSYMS_TOKENS; i++) {
		const uint8_t *nul = memchr(bytes + end, '\0', tables->size - end);

		if (!nul || (size_t)(nul - bytes) - end > HVC_KALLSYMS_NAME)
			return false;
		end = (size_t)(nul - bytes) + 1;
	}
	end = hvc_kallsyms__align(tables, end);
	if (end > tables->size || tables->size - end < 2 * HVC_KALLSYMS_TOKENS)
		return false;
	index = bytes + end;
	start = hvc_little__16(index + 2 * DIGIT_FROM);
	if (start > zero)
		return false;
	start = zero - start;
	for (unsigned i = 0; i < HVC_KALLSYMS_TOKENS; i++) {
		const uint8_t *nul = memchr(bytes + start + at, '\0', end - start - at);

		if (hvc_little__16(index + 2 * i) != at || !nul)
			return false;
		at = (size_t)(nul - (bytes + start)) + 1;
		if (at > end - start)
			return false;
	}
	tables->token_table = start;
	tables->token_index = end;
	return true;
}

/* Read the length of a name; *at becomes the offset of its tokens. */
static bool read_length(const struct hvc_kallsyms *tables, size_t *at, size_t *length)
{
	const size_t end = tables->token_table;

	if (*at >= end)
		return false;
	*length = tables->bytes[(*at)++];
	if (*length & 0x80) {
		if (*at >= end)
			return false;
		*length = (*length & 0x7f) | (size_t)tables->bytes[(*at)++] << 7;
	}
	return *length && *length <= end - *at;
}

size_t hvc_kallsyms__name(const struct hvc_kallsyms *tables, size_t *at,
                          char text[HVC_KALLSYMS_NAME + 1])
{
	size_t length, used = 0;

	if (!read_length(tables, at, &length))
		return 0;
	for (size_t i = 0; i < length; i++) {
		const uint8_t *index = tables->bytes + tables->token_index;
		const uint8_t *token = tables->bytes + tables->token_table +
		                       hvc_little__16(index + 2 * tables->bytes[*at + i]);

		for (; *token; token++) {
			/* Space and control characters are in no name. */
			if (used == HVC_KALLSYMS_NAME || *token <= ' ' || *token == 0x7f)
				return 0;
			text[used++] = (char)*token;
		}
	}
	*at += length;
	text[used] = '\0';
	return used > 1 ? used : 0;
}

/* Are the first few names names? *vain counts the bytes looked at. */
static bool tastes_right(const struct hvc_kallsyms *tables, size_t *vain)
{
	char text[HVC_KALLSYMS_NAME + 1];
	size_t at = tables->names;

	for (unsigned i = 0; i < TASTED; i++) {
		size_t length = hvc_kallsyms__name(tables, &at, text);

		*vain += length ? length : HVC_KALLSYMS_NAME / 16;
		if (!length)
			return false;
		if (!strchr("AaBbDdGgIiNnRrSsTtUuVvWwCc?-", text[0]))
			return false;
	}
	return true;
}

/* Do the markers, of this size each, say where the names begin? */
static bool markers_agree(const struct hvc_kallsyms *tables, const uint32_t *begin, unsigned size)
{
	const size_t count = (tables->count + STRIDE - 1) / STRIDE,
	             at = hvc_kallsyms__align(tables, tables->names_end);

	if (at > tables->token_table || count * size > tables->token_table - at)
		return false;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *marker = tables->bytes + at + i * size;

		if ((size == 8 ? hvc_little__64(marker) : hvc_little__32(marker)) != begin[i])
			return false;
	}
	return true;
}

/* Pass over all names, and compare the markers. *vain counts the bytes passed. */
static bool holds_together(struct hvc_kallsyms *tables, uint32_t *begin, size_t *vain)
{
	size_t at = tables->names, length;

	for (uint32_t i = 0; i < tables->count; i++) {
		if (i % STRIDE == 0)
			begin[i / STRIDE] = (uint32_t)(at - tables->names);
		if (!read_length(tables, &at, &length)) {
			*vain += at - tables->names;
			return false;
		}
		at += length;
	}
	*vain += at - tables->names;
	tables->names_end = at;
	return markers_agree(tables, begin, 4) || markers_agree(tables, begin, 8);
}

/* Look for the names before a token table. */
static bool find_names(struct hvc_kallsyms *tables, uint32_t *begin, size_t *vain)
{
	const size_t end = tables->token_table;
	const unsigned step = tables->alignment;
	size_t at = hvc_kallsyms__align(tables, end > NAMES_MAX ? end - NAMES_MAX : 0);

	for (; at + 2 * step < end && *vain < VAIN_MAX; at += step) {
		const uint8_t *bytes = tables->bytes + at;
		uint64_t count = step == 8 ? hvc_little__64(bytes) : hvc_little__32(bytes);

		if (count < COUNT_MIN || count > HVC_LIMIT_KALLSYMS || count * 2 > end - at)
			continue;
		tables->head = at;
		tables->names = at + step;
		tables->count = (uint32_t)count;
		if (tastes_right(tables, vain) && holds_together(tables, begin, vain))
			return true;
	}
	return false;
}

bool hvc_kallsyms__find(const uint8_t *bytes, size_t size, struct hvc_kallsyms *out)
{
	static const char digits[] = "0\0"
	                             "1\0"
	                             "2\0"
	                             "3\0"
	                             "4\0"
	                             "5\0"
	                             "6\0"
	                             "7\0"
	                             "8\0"
	                             "9";
	struct hvc_kallsyms tables = {.bytes = bytes, .size = size};
	uint32_t *begin = malloc((HVC_LIMIT_KALLSYMS / STRIDE + 1) * sizeof *begin);
	size_t vain = 0;
	unsigned seen = 0, hits = 0;
	bool found = false;

	for (size_t at = 0;
	     begin && !found && seen < TABLES_MAX && at < size && hits++ < HVC_LIMIT_PLACES; at++) {
		const uint8_t *hit = memmem(bytes + at, size - at, digits, sizeof digits);

		if (!hit)
			break;
		at = (size_t)(hit - bytes);
		for (unsigned alignment = 8; alignment >= 4 && !found; alignment /= 2) {
			tables.alignment = alignment;
			if (!is_token_table(&tables, at))
				continue;
			seen++;
			found = find_names(&tables, begin, &vain);
		}
	}
	free(begin);
	if (found)
		*out = tables;
	return found;
}
