/* SPDX-License-Identifier: MIT */
/**
 * What libarchive reads a package from: bytes, with one layer of compression taken off them, and
 * counted. libarchive itself counts too late: it buffers whatever a header asks for.
 */
#ifndef SUBJECT_SOURCE_H
#define SUBJECT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive;

/** Fill in bytes, size and limit, the rest zero. */
struct hvc_source {
	const uint8_t *bytes;
	size_t size;
	uint64_t limit;         /**< bytes that may come out */
	uint64_t used;          /**< bytes that have */
	uint64_t header;        /**< when not 0: bytes that may come out for the next header */
	bool over;              /**< more than that was asked for */
	struct archive *filter; /**< takes off the layer; NULL: there is none */
	size_t at;              /**< of bytes, where there is no filter */
	uint8_t *piece;         /**< that it has taken off */
};

/**
 * Begin to read through a filter (ARCHIVE_FILTER_*). False: memory ran out. Damage shows when
 * it is read. To be closed also then.
 */
bool hvc_source__open(struct hvc_source *source, int filter);
void hvc_source__close(struct hvc_source *source);

/** Let an archive, whose formats are set, read from it; what archive_read_open returns. */
int hvc_source__attach(struct hvc_source *source, struct archive *archive);

/** How far the bytes have been read. */
uint64_t hvc_source__offset(const struct hvc_source *source);

/**
 * Are the bytes a gzip file whose checksum is not that of what came out of it? It and the size end
 * the file, or stand before what follows, such as a device tree. Of several such files in a row
 * each has its own, which is not looked at.
 */
bool hvc_gzip__is_damaged(const uint8_t *bytes, size_t size, const uint8_t *inside,
                          size_t inside_size);

#endif
