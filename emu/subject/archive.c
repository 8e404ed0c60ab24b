/* SPDX-License-Identifier: MIT */
#include "subject/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/subject.h"
#include "subject/little.h"
#include "subject/member.h"

/* libarchive asks for input in such pieces: positions in diagnostics are that exact. */
#define PIECE 4096u

static const struct {
	unsigned offset, size;
	const char *magic;
} magics[] = {
        /* clang-format off */
	{0, 2, "\x1f\x8b"},          /* gzip */
	{0, 6, "\xfd" "7zXZ\0"},     /* xz */
	{0, 4, "\x28\xb5\x2f\xfd"},  /* zstd */
	{0, 4, "\x04\x22\x4d\x18"},  /* lz4 */
	{0, 4, "\x02\x21\x4c\x18"},  /* lz4 -l, which Linux uses */
	{0, 3, "BZh"},               /* bzip2 */
	{0, 5, "\x5d\0\0\0\x01"},    /* lzma, by its usual dictionaries of 2^16 and more */
	{0, 5, "\x5d\0\0\x80\0"},
	{0, 5, "\x5d\0\0\0\x02"},
	{0, 5, "\x5d\0\0\0\x04"},
	{0, 8, "!<arch>\n"},         /* ar, and so .deb */
	{257, 5, "ustar"},           /* tar */
	{0, 4, "\xed\xab\xee\xdb"},  /* rpm */
	{0, 6, "070701"},            /* cpio */
	{0, 6, "070702"},
        /* clang-format on */
};

/* A layer being read. */
struct reader {
	const struct hvc_packed *packed;
	struct hvc_diag *diag;
	struct archive *archive;
	struct hvc_unpacked found;
	unsigned entries, files, matches;
	char list[160]; /* names of the matches */
	bool stop;
};

bool hvc_archive__is(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (size >= magics[i].offset + magics[i].size &&
		    !memcmp(bytes + magics[i].offset, magics[i].magic, magics[i].size))
			return true;
	return false;
}

static enum hvc_status no_memory(const struct reader *reader)
{
	return hvc_diag_set(reader->diag, HVC_E_NOMEM, reader->packed->name, 0, 0, "no memory");
}

/* libarchive's last error. */
static enum hvc_status damaged(const struct reader *reader)
{
	const char *text = archive_error_string(reader->archive);

	return hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->packed->name, 0, 0,
	                    "cannot be unpacked beyond offset 0x%" PRIx64 ": %s",
	                    (uint64_t)archive_filter_bytes(reader->archive, -1),
	                    text ? text : "damaged");
}

static enum hvc_status too_large(const struct reader *reader, uint64_t limit)
{
	return hvc_diag_set(reader->diag, HVC_E_RANGE, reader->packed->name, 0, 0,
	                    "expands to more than %" PRIu64 " MiB, which is too much for its size",
	                    limit >> 20);
}

static enum hvc_status append(struct reader *reader, struct hvc_unpacked *to, size_t *capacity,
                              const void *bytes, size_t size)
{
	const uint64_t limit =
	        reader->packed->limit < HVC_IMAGE_MAX ? reader->packed->limit : HVC_IMAGE_MAX;

	if (size > limit - to->size)
		return too_large(reader, limit);
	if (size > *capacity - to->size) {
		size_t more = *capacity ? *capacity * 2 : (size_t)1 << 20;
		uint8_t *grown;

		while (more < to->size + size)
			more *= 2;
		if (more > limit)
			more = (size_t)limit;
		grown = realloc(to->bytes, more);
		if (!grown)
			return no_memory(reader);
		to->bytes = grown;
		*capacity = more;
	}
	if (bytes)
		memcpy(to->bytes + to->size, bytes, size);
	else
		memset(to->bytes + to->size, 0, size);
	to->size += size;
	return HVC_OK;
}

/* The data of the current member, into *to, or only past it when that is NULL. */
static enum hvc_status read_data(struct reader *reader, struct hvc_unpacked *to)
{
	size_t capacity = 0;

	for (;;) {
		const void *block;
		size_t size;
		la_int64_t at;
		int got = archive_read_data_block(reader->archive, &block, &size, &at);

		if (got == ARCHIVE_EOF)
			return HVC_OK;
		if (got < ARCHIVE_WARN)
			return damaged(reader);
		if ((uint64_t)archive_filter_bytes(reader->archive, 0) > reader->packed->limit)
			return too_large(reader, reader->packed->limit);
		if (!to)
			continue;
		/* A sparse file: zeros up to where the block belongs. */
		if (at > 0 && (uint64_t)at > to->size)
			HVC_TRY(append(reader, to, &capacity, NULL,
			               (uint64_t)at - to->size > HVC_IMAGE_MAX
			                       ? (size_t)HVC_IMAGE_MAX
			                       : (size_t)((uint64_t)at - to->size)));
		HVC_TRY(append(reader, to, &capacity, block, size));
	}
}

static void list(struct reader *reader, const char *path)
{
	size_t used = strlen(reader->list);

	if (reader->matches == 1)
		snprintf(reader->list, sizeof reader->list, "%s", path);
	else if (used + strlen(path) + 2 < sizeof reader->list - 4)
		snprintf(reader->list + used, sizeof reader->list - used, ", %s", path);
	else if (used < 3 || strcmp(reader->list + used - 3, "...") != 0)
		snprintf(reader->list + used, sizeof reader->list - used, " ...");
}

/* Some packages have a kernel under two names. */
static bool is_copy(const struct hvc_unpacked *first, const struct hvc_unpacked *other)
{
	return first->size && first->size == other->size &&
	       !memcmp(first->bytes, other->bytes, first->size);
}

/* A member that may be the one: keep its data when it is the first such. */
static enum hvc_status take(struct reader *reader, const char *path)
{
	const char *wanted = reader->packed->member;
	struct hvc_unpacked data = {0};
	enum hvc_status status = read_data(reader, &data);

	if (status != HVC_OK || is_copy(&reader->found, &data) ||
	    (!wanted && !hvc_member__looks_bootable(data.bytes, data.size))) {
		free(data.bytes);
		return status;
	}
	reader->matches++;
	list(reader, path);
	if (reader->matches > 1) {
		free(reader->found.bytes);
		reader->found.bytes = NULL;
		reader->found.size = 0;
		free(data.bytes);
		return HVC_OK;
	}
	data.member = strdup(path);
	reader->found = data;
	if (!data.member)
		return no_memory(reader);
	/* A whole name has no second match, but in a package that is odd anyway. */
	reader->stop = wanted && !strcmp(hvc_member__path(wanted), path);
	return HVC_OK;
}

static enum hvc_status read_member(struct reader *reader, struct archive_entry *entry)
{
	const char *wanted = reader->packed->member, *path = archive_entry_pathname(entry);
	int format = archive_format(reader->archive) & ARCHIVE_FORMAT_BASE_MASK;

	if (archive_format(reader->archive) == ARCHIVE_FORMAT_RAW) {
		/* No filter but the one that does nothing: libarchive takes it for plain data. */
		if (archive_filter_count(reader->archive) < 2)
			return hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->packed->name, 0, 0,
			                    "begins like a packed file, but its header at offset 0 "
			                    "is damaged");
		reader->stop = true;
		reader->matches = 1;
		return read_data(reader, &reader->found);
	}
	if (!path || archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
		return read_data(reader, NULL);
	path = hvc_member__path(path);
	if (format == ARCHIVE_FORMAT_AR && !strncmp(path, "data.tar", 8)) {
		reader->stop = true;
		reader->matches = 1;
		return read_data(reader, &reader->found);
	}
	reader->files++;
	if (wanted ? hvc_member__matches(wanted, path) : hvc_member__is_kernel(path))
		return take(reader, path);
	return read_data(reader, NULL);
}

/* Nothing, or too much, was found. */
static enum hvc_status not_one(const struct reader *reader)
{
	const struct hvc_packed *packed = reader->packed;

	if (reader->matches && packed->member)
		return hvc_diag_set(reader->diag, HVC_E_NOTFOUND, packed->name, 0, 0,
		                    "'%s' is %u members: %s", packed->member, reader->matches,
		                    reader->list);
	if (reader->matches)
		return hvc_diag_set(reader->diag, HVC_E_NOTFOUND, packed->name, 0, 0,
		                    "has %u kernels, name one as FILE:MEMBER: %s", reader->matches,
		                    reader->list);
	if (packed->member)
		return hvc_diag_set(reader->diag, HVC_E_NOTFOUND, packed->name, 0, 0,
		                    "no file '%s' among the %u in it", packed->member,
		                    reader->files);
	return hvc_diag_set(reader->diag, HVC_E_NOTFOUND, packed->name, 0, 0,
	                    "none of the %u files in it looks like a kernel; name one as "
	                    "FILE:MEMBER",
	                    reader->files);
}

static enum hvc_status read_layer(struct reader *reader)
{
	struct archive_entry *entry;

	if (archive_read_open_memory2(reader->archive, reader->packed->bytes, reader->packed->size,
	                              PIECE) != ARCHIVE_OK)
		return damaged(reader);
	while (!reader->stop) {
		int got = archive_read_next_header(reader->archive, &entry);

		if (got == ARCHIVE_EOF)
			break;
		if (got < ARCHIVE_WARN)
			return damaged(reader);
		if ((uint64_t)archive_filter_bytes(reader->archive, 0) > reader->packed->limit)
			return too_large(reader, reader->packed->limit);
		reader->entries++;
		HVC_TRY(read_member(reader, entry));
	}
	if (reader->matches != 1)
		return not_one(reader);
	if (!reader->found.size)
		return hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->packed->name, 0, 0,
		                    "nothing is in it");
	return HVC_OK;
}

/* Formats that run other programs, and those of no kernel, are left out. */
static struct archive *make_reader(bool packages)
{
	struct archive *archive = archive_read_new();

	if (!archive)
		return NULL;
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_lzma(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_lz4(archive);
	archive_read_support_filter_rpm(archive);
	archive_read_support_format_raw(archive);
	if (packages) {
		archive_read_support_format_ar(archive);
		archive_read_support_format_tar(archive);
		archive_read_support_format_cpio(archive);
	}
	return archive;
}

static enum hvc_status attempt(const struct hvc_packed *packed, bool packages,
                               struct hvc_diag *diag, struct hvc_unpacked *out)
{
	struct reader reader = {.packed = packed, .diag = diag, .archive = make_reader(packages)};
	enum hvc_status status = reader.archive ? read_layer(&reader) : no_memory(&reader);

	/* A block of zeros is an empty tar archive to libarchive, and the start of an image here.
	 */
	if (status == HVC_E_NOTFOUND && packages && !reader.entries && !packed->member)
		status = attempt(packed, false, diag, &reader.found);
	archive_read_free(reader.archive);
	if (status != HVC_OK) {
		free(reader.found.bytes);
		free(reader.found.member);
		return status;
	}
	*out = reader.found;
	return HVC_OK;
}

/*
 * Linux appends the size of what it compressed (scripts/Makefile.lib, size_append), which no
 * decompressor expects: try without, and the size must be right.
 */
static bool has_size(const struct hvc_packed *packed, struct hvc_unpacked *out)
{
	struct hvc_packed less = *packed;
	struct hvc_unpacked found;
	uint32_t size;

	if (packed->member || packed->size < 8)
		return false;
	less.size -= 4;
	size = hvc_little__32(packed->bytes + less.size);
	if (size < packed->size || attempt(&less, false, NULL, &found) != HVC_OK)
		return false;
	if (found.size != size) {
		free(found.bytes);
		return false;
	}
	*out = found;
	return true;
}

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

/*
 * libarchive does not compare the checksum of gzip. It and the size end the file, or stand before
 * what follows, such as a device tree. (Two gzip files in a row would seem damaged.)
 */
static bool is_gzip_damaged(const struct hvc_packed *packed, const struct hvc_unpacked *found)
{
	uint8_t end[8];

	if (found->member || packed->size < 8 || packed->bytes[0] != 0x1f ||
	    packed->bytes[1] != 0x8b)
		return false;
	hvc_little__put32(end, crc32_of(found->bytes, found->size));
	hvc_little__put32(end + 4, (uint32_t)found->size);
	return memcmp(packed->bytes + packed->size - 8, end, 8) != 0 &&
	       !memmem(packed->bytes, packed->size, end, 8);
}

enum hvc_status hvc_archive__unpack(const struct hvc_packed *packed, struct hvc_diag *diag,
                                    struct hvc_unpacked *out)
{
	struct hvc_diag said;
	struct hvc_unpacked found;
	enum hvc_status status = attempt(packed, true, &said, &found);

	if (status != HVC_OK && (status != HVC_E_FORMAT || !has_size(packed, &found)))
		return hvc_diag_set(diag, status, said.file, 0, 0, "%s", said.message);
	if (is_gzip_damaged(packed, &found)) {
		free(found.bytes);
		return hvc_diag_set(diag, HVC_E_FORMAT, packed->name, 0, 0,
		                    "is damaged: its checksum, at offset 0x%zx unless something "
		                    "follows, is not that of what comes out",
		                    packed->size - 8);
	}
	*out = found;
	return HVC_OK;
}
