/* SPDX-License-Identifier: MIT */
/** Files packed the ways that kernels are, made by libarchive's other half. */
#ifndef PACKING_H
#define PACKING_H

#include <archive.h>
#include <archive_entry.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subject/subject.h"
#include "suite.h"

/** Bytes that mostly nobody frees: a test is a process. Leak checkers see them in this list. */
struct pack_kept {
	struct pack_kept *next;
	uint8_t *bytes;
};

static struct pack_kept *pack_kept;

struct pack {
	const uint8_t *bytes;
	size_t size;
};

struct pack_member {
	const char *path;
	struct pack data;
};

static inline struct pack pack_alloc(size_t size, uint8_t **bytes)
{
	struct pack_kept *kept = malloc(sizeof *kept);

	*bytes = calloc(1, size ? size : 1);
	ck_assert(kept && *bytes);
	*kept = (struct pack_kept){pack_kept, *bytes};
	pack_kept = kept;
	return (struct pack){*bytes, size};
}

/** Free all: what a child process had of it before it executed counts as its own. */
static inline void pack_done(void)
{
	while (pack_kept) {
		struct pack_kept *next = pack_kept->next;

		free(pack_kept->bytes);
		free(pack_kept);
		pack_kept = next;
	}
}

/** One after the other. */
static inline struct pack pack_join(struct pack a, struct pack b)
{
	uint8_t *bytes;
	struct pack out = pack_alloc(a.size + b.size, &bytes);

	memcpy(bytes, a.bytes, a.size);
	memcpy(bytes + a.size, b.bytes, b.size);
	return out;
}

static inline struct pack pack_copy(const void *from, size_t size)
{
	uint8_t *bytes;
	struct pack out = pack_alloc(size, &bytes);

	memcpy(bytes, from, size);
	return out;
}

/** Members in a format (ARCHIVE_FORMAT_*) and a filter (ARCHIVE_FILTER_*). */
static inline struct pack pack_members(int format, int filter, const struct pack_member *member,
                                       size_t members)
{
	size_t room = 1 << 20, used = 0;
	struct archive *archive = archive_write_new();
	uint8_t *bytes;

	for (size_t i = 0; i < members; i++)
		room += member[i].data.size * 2 + 4096;
	pack_alloc(room, &bytes);
	ck_assert_int_eq(format == ARCHIVE_FORMAT_AR_GNU
	                         ? archive_write_set_format_ar_svr4(archive)
	                         : archive_write_set_format(archive, format),
	                 ARCHIVE_OK);
	ck_assert_int_ge(archive_write_add_filter(archive, filter), ARCHIVE_WARN);
	archive_write_set_bytes_in_last_block(archive, 1);
	ck_assert_int_eq(archive_write_open_memory(archive, bytes, room, &used), ARCHIVE_OK);
	for (size_t i = 0; i < members; i++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, member[i].path);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, (la_int64_t)member[i].data.size);
		ck_assert_int_eq(archive_write_header(archive, entry), ARCHIVE_OK);
		ck_assert_int_eq(
		        archive_write_data(archive, member[i].data.bytes, member[i].data.size),
		        (la_ssize_t)member[i].data.size);
		archive_entry_free(entry);
	}
	ck_assert_int_eq(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
	return (struct pack){bytes, used};
}

/** Compressed alone. */
static inline struct pack pack_filter(int filter, struct pack data)
{
	const struct pack_member member = {"data", data};

	return pack_members(ARCHIVE_FORMAT_RAW, filter, &member, 1);
}

/** A .deb whose data.tar has this ending and filter. */
static inline struct pack pack_deb(const char *data_tar, int filter,
                                   const struct pack_member *member, size_t members)
{
	const struct pack_member parts[] = {
	        {"debian-binary", {(const uint8_t *)"2.0\n", 4}},
	        {"control.tar", pack_members(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE,
	                                     &(struct pack_member){"./control", {NULL, 0}}, 1)},
	        {data_tar, pack_members(ARCHIVE_FORMAT_TAR_USTAR, filter, member, members)},
	};

	return pack_members(ARCHIVE_FORMAT_AR_GNU, ARCHIVE_FILTER_NONE, parts, 3);
}

/** An .rpm: a lead, two headers without entries, a compressed cpio archive. */
static inline struct pack pack_rpm(int filter, const struct pack_member *member, size_t members)
{
	static const uint8_t lead[96] = {0xed, 0xab, 0xee, 0xdb, 3};
	static const uint8_t headers[32] = {0x8e, 0xad, 0xe8, 1, [16] = 0x8e, 0xad, 0xe8, 1};
	struct pack head = pack_join(pack_copy(lead, sizeof lead), pack_copy(headers, 32));

	return pack_join(head,
	                 pack_members(ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, filter, member, members));
}

static inline void pack_put(uint8_t *bytes, size_t offset, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++)
		bytes[offset + i] = (uint8_t)(value >> 8 * i);
}

/** An EFI zboot image (Linux, drivers/firmware/efi/libstub/zboot-header.S). */
static inline struct pack pack_zboot(const char *compression, struct pack payload)
{
	uint8_t head[0x400] = "MZ";

	memcpy(head + 4, "zimg", 4);
	pack_put(head, 8, 4, sizeof head);
	pack_put(head, 12, 4, payload.size);
	memcpy(head + 24, compression, strlen(compression) + 1);
	memcpy(head + 56, "\xcd\x23\x82\x81", 4);
	return pack_join(pack_copy(head, sizeof head),
	                 pack_join(payload, pack_copy("\0\0\0\0", 4)));
}

/** An EFI program for a machine, with a section of this name that holds the data. */
static inline struct pack pack_pe(unsigned machine, const char *section, struct pack data)
{
	uint8_t head[0x400] = "MZ";

	pack_put(head, 0x3c, 4, 0x80);
	memcpy(head + 0x80, "PE\0\0", 4);
	pack_put(head, 0x84, 2, machine);
	pack_put(head, 0x86, 2, 2);
	pack_put(head, 0x94, 2, 0xf0);
	memcpy(head + 0x188, ".text\0\0", 8);
	memcpy(head + 0x1b0, section, strlen(section));
	pack_put(head, 0x1b8, 4, data.size);
	pack_put(head, 0x1c0, 4, data.size + 0x10);
	pack_put(head, 0x1c4, 4, sizeof head);
	return pack_join(pack_copy(head, sizeof head),
	                 pack_join(data, pack_copy("0123456789abcdef", 16)));
}

/** Write it to a file in the tests' folder; the path is static. */
static inline const char *pack_write(const char *name, struct pack data)
{
	static char path[512];

	snprintf(path, sizeof path, HVC_BINARY_DIR "/packing.files/%s", name);
	suite_put(path, data.bytes, data.size);
	return path;
}

/** Open a subject of FILE and what follows it; the status, with the message in *diag. */
static inline enum hvc_status pack_open(const char *name, struct pack data, const char *after,
                                        struct hvc_diag *diag, struct hvc_subject **out)
{
	char spec[700];

	snprintf(spec, sizeof spec, "%s%s", pack_write(name, data), after);
	memset(diag, 0, sizeof *diag);
	return hvc_subject_open(spec, diag, out);
}

/** It opens, and what is inside is the same bytes. */
static inline void pack_same(const char *name, struct pack data, const char *after,
                             struct pack inside, const char *member)
{
	struct hvc_subject *subject = NULL;
	struct hvc_diag diag;
	const struct hvc_segment *segment;

	ck_assert_msg(pack_open(name, data, after, &diag, &subject) == HVC_OK, "%s%s: %s", name,
	              after, diag.message);
	segment = hvc_subject_image(subject)->segment;
	ck_assert_msg(segment->data_size == inside.size, "%s%s: %zu bytes, not %zu", name, after,
	              (size_t)segment->data_size, inside.size);
	ck_assert_int_eq(memcmp(segment->data, inside.bytes, inside.size), 0);
	if (member)
		ck_assert_str_eq(hvc_subject__member(subject), member);
	else
		ck_assert_ptr_null(hvc_subject__member(subject));
	hvc_subject_close(subject);
}

/** It does not open. */
static inline void pack_refused(const char *name, struct pack data, const char *after,
                                enum hvc_status status, const char *message)
{
	struct hvc_subject *const mark = (struct hvc_subject *)&status;
	struct hvc_subject *subject = mark;
	struct hvc_diag diag;
	enum hvc_status got = pack_open(name, data, after, &diag, &subject);

	ck_assert_msg(got == status && strstr(diag.message, message), "%s%s: %d, %s", name, after,
	              (int)got, diag.message);
	ck_assert_ptr_eq(subject, mark);
}

/** A kernel: an arm64 Image of this size with a table at 0x800, not all alike. */
static inline struct pack pack_kernel(size_t size)
{
	uint8_t *bytes;
	struct pack out = pack_alloc(size, &bytes);
	uint32_t random = 1;

	for (size_t i = 0x1000; i < size; i += 16) {
		random = random * 1664525 + 1013904223;
		pack_put(bytes, i, 4, random);
	}
	for (unsigned i = 0; i < 16; i++)
		pack_put(bytes, 0x800 + i * 0x80, 4, 0x14000000);
	pack_put(bytes, 16, 8, size);
	memcpy(bytes + 56, "ARM\x64", 4);
	return out;
}

#endif
