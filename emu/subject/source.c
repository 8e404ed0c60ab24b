/* SPDX-License-Identifier: MIT */
#include "subject/source.h"

#include <errno.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>

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
