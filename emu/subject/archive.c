/* SPDX-License-Identifier: MIT */
#include "subject/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/subject.h"
#include "subject/elf.h"
#include "subject/little.h"
#include "subject/source.h"
#include "subject/zboot.h"

/* So many bytes of a member's beginning say what it is. */
#define HVC_MEMBER_HEAD 512u

/* The last part of the path. Debian, Fedora, Arch, Alpine and the kernel's own targets; Xen;
   firmware that has EL2 vectors. */
static const char *const kernels[] = {
        "vmlinuz*", "vmlinux*", "Image",       "Image[-.]*",     "xen",      "xen-*",
        "xen.*",    "bl31*",    "kernel*.img", "jailhouse*.bin", "hafnium*",
};

/* Names like those of kernels that other things have: modules, device trees and lists of symbols,
   such as xen-blkback.ko, xen-domu.dtb and xen-syms.map.gz. */
static const char *const others[] = {"*.ko", "*.ko.*", "*.dtb", "*.dtbo",
                                     "*.so", "*.so.*", "*.map", "*.map.*"};

static bool matches_one(const char *const *pattern, size_t count, const char *part)
{
	for (size_t i = 0; i < count; i++)
		if (!fnmatch(pattern[i], part, 0))
			return true;
	return false;
}

/* A member's path without the "./" or "/" that packages put before it. */
static const char *path_of(const char *name)
{
	while (name[0] == '/' || (name[0] == '.' && name[1] == '/'))
		name++;
	return name;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * Does a path match what stands after FILE: - the same path, or a shell pattern, in which a
 * star stands for slashes too; without a slash it may also be the path's last part.
 */
static bool matches(const char *wanted, const char *path)
{
	wanted = path_of(wanted);
	if (!strcmp(wanted, path) || !fnmatch(wanted, path, 0))
		return true;
	return !strchr(wanted, '/') && !fnmatch(wanted, last_part(path), 0);
}

/* Is the path one that kernels and hypervisors are installed under? */
static bool is_kernel(const char *path)
{
	const char *part = last_part(path);

	return matches_one(kernels, sizeof kernels / sizeof *kernels, part) &&
	       !matches_one(others, sizeof others / sizeof *others, part);
}

/* Is it where packages keep files with symbols, beside those that are booted? */
static bool is_debug(const char *path)
{
	return !strncmp(path, "usr/lib/debug/", 14);
}

/* May the bytes be a kernel: ELF, arm64 Image, PE, or packed? Not a text beside one. */
static bool looks_bootable(const uint8_t *bytes, size_t size)
{
	return hvc_elf__is(bytes, size) || hvc_archive__is(bytes, size) ||
	       (size >= 2 && !memcmp(bytes, "MZ", 2)) ||
	       (size >= 60 && !memcmp(bytes + 56, "ARM\x64", 4)) || hvc_zimage__is(bytes, size);
}

static const struct magic {
	unsigned offset, size;
	const char *magic;
	int filter; /* the one that takes off this layer */
} magics[] = {
        /* clang-format off */
	{0, 2, "\x1f\x8b", ARCHIVE_FILTER_GZIP},
	{0, 6, "\xfd" "7zXZ\0", ARCHIVE_FILTER_XZ},
	{0, 4, "\x28\xb5\x2f\xfd", ARCHIVE_FILTER_ZSTD},
	{0, 4, "\x04\x22\x4d\x18", ARCHIVE_FILTER_LZ4},
	{0, 4, "\x02\x21\x4c\x18", ARCHIVE_FILTER_LZ4},   /* lz4 -l, which Linux uses */
	{0, 3, "BZh", ARCHIVE_FILTER_BZIP2},
	{0, 5, "\x5d\0\0\0\x01", ARCHIVE_FILTER_LZMA},    /* by its usual dictionaries */
	{0, 5, "\x5d\0\0\x80\0", ARCHIVE_FILTER_LZMA},    /* of 2^16 and more */
	{0, 5, "\x5d\0\0\0\x02", ARCHIVE_FILTER_LZMA},
	{0, 5, "\x5d\0\0\0\x04", ARCHIVE_FILTER_LZMA},
	{0, 8, "!<arch>\n", ARCHIVE_FILTER_NONE},           /* ar, and so .deb */
	{257, 5, "ustar", ARCHIVE_FILTER_NONE},             /* tar */
	{0, 4, "\xed\xab\xee\xdb", ARCHIVE_FILTER_RPM},
	{0, 6, "070701", ARCHIVE_FILTER_NONE},              /* cpio */
	{0, 6, "070702", ARCHIVE_FILTER_NONE},
        /* clang-format on */
};

/* A layer being read. */
struct reader {
	const struct hvc_packed *packed;
	struct hvc_diag *diag;
	struct hvc_source source;
	struct archive *archive;
	struct hvc_unpacked found;
	uint64_t zeros; /* that came out of holes in sparse files, which no filter counts */
	unsigned entries, files, matches;
	char list[160]; /* names of the matches */
	bool debug;     /* they are of those that stand beside what is booted */
	bool stop;
};

/* How the bytes begin; NULL: in no way that is packed. */
static const struct magic *find_magic(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (size >= magics[i].offset + magics[i].size &&
		    !memcmp(bytes + magics[i].offset, magics[i].magic, magics[i].size))
			return &magics[i];
	return NULL;
}

bool hvc_archive__is(const uint8_t *bytes, size_t size)
{
	return find_magic(bytes, size) != NULL;
}

/* What has come out of the layer so far, read over or kept. */
static uint64_t used(const struct reader *reader)
{
	return reader->packed->used + reader->zeros + reader->source.used;
}

static enum hvc_status no_memory(const struct reader *reader)
{
	return hvc_diag_set(reader->diag, HVC_E_NOMEM, reader->packed->name, 0, 0, "no memory");
}

static enum hvc_status no_header(const struct reader *reader)
{
	return hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->packed->name, 0, 0,
	                    "begins like a packed file, but its header at offset 0 is damaged");
}

static enum hvc_status too_large(const struct reader *reader, uint64_t limit)
{
	return hvc_diag_set(reader->diag, HVC_E_RANGE, reader->packed->name, 0, 0,
	                    "expands to more than %" PRIu64 " MiB, which is too much for its size",
	                    limit >> 20);
}

/* libarchive's last error. */
static enum hvc_status damaged(const struct reader *reader)
{
	const char *text = archive_error_string(reader->archive);
	const uint64_t at = hvc_source__offset(&reader->source);

	if (reader->source.over)
		return too_large(reader, reader->packed->limit);
	if (!at)
		return no_header(reader);
	return hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->packed->name, 0, 0,
	                    "cannot be unpacked beyond offset 0x%" PRIx64 ": %s", at,
	                    text ? text : "damaged");
}

static enum hvc_status grow(struct reader *reader, struct hvc_unpacked *to, size_t *capacity,
                            size_t size)
{
	const uint64_t limit =
	        reader->packed->limit < HVC_IMAGE_MAX ? reader->packed->limit : HVC_IMAGE_MAX;
	size_t more = *capacity ? *capacity * 2 : (size_t)1 << 20;
	uint8_t *grown;

	if (size > limit - to->size)
		return too_large(reader, limit);
	if (size <= *capacity - to->size)
		return HVC_OK;
	while (more < to->size + size)
		more *= 2;
	if (more > limit)
		more = (size_t)limit;
	grown = realloc(to->bytes, more);
	if (!grown)
		return no_memory(reader);
	to->bytes = grown;
	*capacity = more;
	return HVC_OK;
}

/* A hole in a sparse file. Those of all members count, as what is read does. */
static enum hvc_status append_zeros(struct reader *reader, struct hvc_unpacked *to,
                                    size_t *capacity, uint64_t size)
{
	if (size > HVC_IMAGE_MAX)
		size = HVC_IMAGE_MAX;
	reader->zeros += size;
	if (used(reader) > reader->packed->limit)
		return too_large(reader, reader->packed->limit);
	HVC_TRY(grow(reader, to, capacity, (size_t)size));
	memset(to->bytes + to->size, 0, (size_t)size);
	to->size += (size_t)size;
	return HVC_OK;
}

/* A stretch of a member's data, or its end. */
struct stretch {
	const void *bytes;
	size_t size;
	la_int64_t at;
	bool end;
};

static enum hvc_status next_stretch(struct reader *reader, struct stretch *out)
{
	int got = archive_read_data_block(reader->archive, &out->bytes, &out->size, &out->at);

	out->end = got == ARCHIVE_EOF;
	if (out->end)
		return HVC_OK;
	if (got < ARCHIVE_WARN)
		return damaged(reader);
	if (used(reader) > reader->packed->limit)
		return too_large(reader, reader->packed->limit);
	return HVC_OK;
}

/* The data of the current member, `most` of it or a little more, into *to. */
static enum hvc_status read_data(struct reader *reader, struct hvc_unpacked *to, uint64_t most)
{
	struct stretch stretch;
	size_t capacity = 0;

	while (to->size < most) {
		HVC_TRY(next_stretch(reader, &stretch));
		if (stretch.end)
			break;
		if (stretch.at > 0 && (uint64_t)stretch.at > to->size)
			HVC_TRY(append_zeros(reader, to, &capacity,
			                     (uint64_t)stretch.at - to->size));
		if (!stretch.size)
			continue;
		HVC_TRY(grow(reader, to, &capacity, stretch.size));
		memcpy(to->bytes + to->size, stretch.bytes, stretch.size);
		to->size += stretch.size;
	}
	return HVC_OK;
}

/* Past the data of the current member. */
static enum hvc_status skip_data(struct reader *reader)
{
	struct stretch stretch;

	do
		HVC_TRY(next_stretch(reader, &stretch));
	while (!stretch.end);
	return HVC_OK;
}

static void list(struct reader *reader, const char *path)
{
	size_t length = strlen(reader->list);

	if (reader->matches == 1)
		snprintf(reader->list, sizeof reader->list, "%s", path);
	else if (length + strlen(path) + 2 < sizeof reader->list - 4)
		snprintf(reader->list + length, sizeof reader->list - length, ", %s", path);
	else if (length < 3 || strcmp(reader->list + length - 3, "...") != 0)
		snprintf(reader->list + length, sizeof reader->list - length, " ...");
}

/* Some packages have a kernel under two names. */
static bool is_copy(const struct hvc_unpacked *first, const struct hvc_unpacked *other)
{
	return first->size && first->size == other->size &&
	       !memcmp(first->bytes, other->bytes, first->size);
}

/*
 * A member that may be the one: keep its data when it is the first such. Two are one too many, so
 * that of those behind them no more is read than their number needs.
 */
static enum hvc_status take(struct reader *reader, const char *path)
{
	const char *wanted = reader->packed->member;
	const bool debug = !wanted && is_debug(path);
	const bool many = reader->matches > 1 && (debug || !reader->debug);
	struct hvc_unpacked data = {0};
	enum hvc_status status;

	if (debug && reader->matches && !reader->debug)
		return skip_data(reader);
	status = read_data(reader, &data, many ? HVC_MEMBER_HEAD : UINT64_MAX);

	if (status == HVC_OK && many)
		status = skip_data(reader);
	if (status != HVC_OK || is_copy(&reader->found, &data) ||
	    (!wanted && !looks_bootable(data.bytes, data.size))) {
		free(data.bytes);
		return status;
	}
	/* The same with its symbols is kept beside what is booted. */
	if (!debug && reader->debug) {
		free(reader->found.bytes);
		free(reader->found.member);
		reader->found = (struct hvc_unpacked){0};
		reader->matches = 0;
	}
	reader->debug = debug;
	reader->matches++;
	list(reader, path);
	if (reader->matches > 1) {
		free(reader->found.bytes);
		free(reader->found.member);
		reader->found = (struct hvc_unpacked){0};
		free(data.bytes);
		return HVC_OK;
	}
	data.member = strdup(path);
	reader->found = data;
	if (!data.member)
		return no_memory(reader);
	/* A whole name has no second match, but in a package that is odd anyway. */
	reader->stop = wanted && !strcmp(path_of(wanted), path);
	return HVC_OK;
}

/* What the whole layer, or a member that is the next, holds. */
static enum hvc_status take_all(struct reader *reader)
{
	reader->stop = true;
	reader->matches = 1;
	return read_data(reader, &reader->found, UINT64_MAX);
}

static enum hvc_status read_member(struct reader *reader, struct archive_entry *entry)
{
	const char *wanted = reader->packed->member, *path = archive_entry_pathname(entry);
	int format = archive_format(reader->archive) & ARCHIVE_FORMAT_BASE_MASK;

	if (archive_format(reader->archive) == ARCHIVE_FORMAT_RAW) {
		/* It was taken for plain data. */
		if (!reader->source.filter)
			return no_header(reader);
		return take_all(reader);
	}
	if (!path || archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
		return skip_data(reader);
	path = path_of(path);
	if (format == ARCHIVE_FORMAT_AR && !strncmp(path, "data.tar", 8)) {
		return take_all(reader);
	}
	reader->files++;
	if (wanted ? matches(wanted, path) : is_kernel(path))
		return take(reader, path);
	return skip_data(reader);
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

	reader->source.header = HVC_LIMIT_HEADER;
	if (hvc_source__attach(&reader->source, reader->archive) != ARCHIVE_OK)
		return damaged(reader);
	while (!reader->stop) {
		int got;

		reader->source.header = HVC_LIMIT_HEADER;
		got = archive_read_next_header(reader->archive, &entry);
		reader->source.header = 0;
		if (got == ARCHIVE_EOF)
			break;
		if (got < ARCHIVE_WARN)
			return damaged(reader);
		if (used(reader) > reader->packed->limit)
			return too_large(reader, reader->packed->limit);
		if (reader->entries++ == HVC_LIMIT_MEMBERS)
			return hvc_diag_set(reader->diag, HVC_E_RANGE, reader->packed->name, 0, 0,
			                    "has more than %u members", HVC_LIMIT_MEMBERS);
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
static bool make_reader(struct reader *reader, bool packages)
{
	const struct hvc_packed *packed = reader->packed;
	const struct magic *magic = find_magic(packed->bytes, packed->size);

	reader->source.bytes = packed->bytes;
	reader->source.size = packed->size;
	reader->source.limit = packed->limit - packed->used;
	reader->archive = archive_read_new();
	if (!reader->archive ||
	    !hvc_source__open(&reader->source, magic ? magic->filter : ARCHIVE_FILTER_NONE))
		return false;
	archive_read_append_filter(reader->archive, ARCHIVE_FILTER_NONE);
	archive_read_support_format_raw(reader->archive);
	if (packages) {
		archive_read_support_format_ar(reader->archive);
		archive_read_support_format_tar(reader->archive);
		archive_read_support_format_cpio(reader->archive);
	}
	return true;
}

static enum hvc_status attempt(const struct hvc_packed *packed, bool packages,
                               struct hvc_diag *diag, struct hvc_unpacked *out)
{
	struct reader reader = {.packed = packed, .diag = diag};
	enum hvc_status status =
	        make_reader(&reader, packages) ? read_layer(&reader) : no_memory(&reader);

	/* A block of zeros is an empty tar archive to libarchive, and the start of an image here.
	 */
	if (status == HVC_E_NOTFOUND && packages && !reader.entries && !packed->member)
		status = attempt(packed, false, diag, &reader.found);
	else
		reader.found.used = used(&reader);
	archive_read_free(reader.archive);
	hvc_source__close(&reader.source);
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

enum hvc_status hvc_archive__unpack(const struct hvc_packed *packed, struct hvc_diag *diag,
                                    struct hvc_unpacked *out)
{
	struct hvc_diag said;
	struct hvc_unpacked found;
	enum hvc_status status = attempt(packed, true, &said, &found);

	if (status != HVC_OK && (status != HVC_E_FORMAT || !has_size(packed, &found)))
		return hvc_diag_set(diag, status, said.file, 0, 0, "%s", said.message);
	if (!found.member &&
	    hvc_gzip__is_damaged(packed->bytes, packed->size, found.bytes, found.size)) {
		free(found.bytes);
		return hvc_diag_set(diag, HVC_E_FORMAT, packed->name, 0, 0,
		                    "is damaged: its checksum, at offset 0x%zx unless something "
		                    "follows, is not that of what comes out",
		                    packed->size - 8);
	}
	*out = found;
	return HVC_OK;
}
