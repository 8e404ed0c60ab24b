/* SPDX-License-Identifier: MIT */
#include "subject/source.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "subject/little.h"

/* libarchive asks for input in such pieces: positions in diagnostics are that exact. */
#define PIECE   4096u
#define UNPACKS 65536u

bool hvc_source__open(struct hvc_source *source, int filter)
{
	struct archive_entry *entry;

	if (filter == ARCHIVE_FILTER_NONE)
		return true;
	source->piece = malloc(UNPACKS);
	source->filter = archive_read_new();
	if (!source->piece || !source->filter ||
	    archive_read_append_filter(source->filter, filter) != ARCHIVE_OK)
		return false;
	archive_read_support_format_raw(source->filter);
	/* What fails here fails again when it is read from. */
	if (archive_read_open_memory2(source->filter, source->bytes, source->size, PIECE) ==
	    ARCHIVE_OK)
		(void)archive_read_next_header(source->filter, &entry);
	return true;
}

void hvc_source__close(struct hvc_source *source)
{
	archive_read_free(source->filter);
	free(source->piece);
	source->filter = NULL;
	source->piece = NULL;
}

uint64_t hvc_source__offset(const struct hvc_source *source)
{
	const la_int64_t at = source->filter ? archive_filter_bytes(source->filter, -1) : 0;

	return source->filter ? (at > 0 ? (uint64_t)at : 0) : source->at;
}

/* The next piece of what is inside; less than 0: it is damaged. */
static la_ssize_t next_piece(struct hvc_source *source, const void **piece)
{
	const size_t left = source->size - source->at, size = left < PIECE ? left : PIECE;

	if (source->filter) {
		*piece = source->piece;
		return archive_read_data(source->filter, source->piece, UNPACKS);
	}
	*piece = source->bytes + source->at;
	source->at += size;
	return (la_ssize_t)size;
}

static la_ssize_t read_piece(struct archive *archive, void *data, const void **piece)
{
	struct hvc_source *source = data;
	la_ssize_t size = next_piece(source, piece);

	if (size < 0) {
		const char *text = archive_error_string(source->filter);

		archive_set_error(archive, archive_errno(source->filter), "%s",
		                  text ? text : "damaged");
		return -1;
	}
	source->used += (uint64_t)size;
	if (source->header) {
		source->over |= (uint64_t)size >= source->header;
		source->header -= source->over ? 0 : (uint64_t)size;
	}
	source->over |= source->used > source->limit;
	if (source->over) {
		archive_set_error(archive, EFBIG, "too much");
		return -1;
	}
	return size;
}

int hvc_source__attach(struct hvc_source *source, struct archive *archive)
{
	return archive_read_open(archive, source, NULL, read_piece, NULL);
}

#define MEMBER_SIZE 18u /* the least there is: header and trailer */

/* CRC-32 as gzip has it (RFC 1952, 8). */
static uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
	uint32_t table[256], crc = UINT32_MAX;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (unsigned bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? UINT32_C(0xedb88320) : 0);
	}
	for (size_t i = 0; i < size; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
	return ~crc;
}

/* Does a header of gzip (RFC 1952, 2.3) stand anywhere but at the beginning? */
static bool has_second(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = bytes + size, *at = bytes + MEMBER_SIZE;

	while (end - at >= MEMBER_SIZE &&
	       (at = memmem(at, (size_t)(end - at), "\x1f\x8b\x08", 3)) &&
	       end - at >= MEMBER_SIZE) {
		if (at[3] < 0x20 && (at[8] == 0 || at[8] == 2 || at[8] == 4) &&
		    (at[9] < 14 || at[9] == 255))
			return true;
		at++;
	}
	return false;
}

bool hvc_gzip__is_damaged(const uint8_t *bytes, size_t size, const uint8_t *inside,
                          size_t inside_size)
{
	uint8_t end[8];

	if (size < MEMBER_SIZE || bytes[0] != 0x1f || bytes[1] != 0x8b)
		return false;
	hvc_little__put32(end, crc32_of(inside, inside_size));
	hvc_little__put32(end + 4, (uint32_t)inside_size);
	return memcmp(bytes + size - 8, end, 8) != 0 && !memmem(bytes, size, end, 8) &&
	       !has_second(bytes, size);
}
