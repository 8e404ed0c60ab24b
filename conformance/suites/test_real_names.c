/* SPDX-License-Identifier: MIT */
/*
 * An unmodified, stripped kernel: the names it keeps of itself, the package it comes in, packed
 * again in other ways, and what opening it costs. HVC_REAL_KERNEL names an arm64 Image, or
 * Debian 12's is downloaded (conformance/real/fetch-kernel); else skipped (exit status 77).
 */
#include <glob.h>
#include <sys/resource.h>

#include "packing.h"
#include "real_kernel.h"
#include "subject/subject.h"
#include "suite.h"

#define CPU_MOST     2.0 /* seconds to open a kernel and find its tables */
#define KIB_MOST     (300 * 1024)
#define STUB_VECTORS "__hyp_stub_vectors"

static char kernel[4096];
static bool is_debian_6_1;

static struct hvc_subject *open_spec(const char *file, const char *after)
{
	char spec[sizeof kernel + 64];
	struct hvc_subject *subject = NULL;
	struct hvc_diag diag = {0};

	snprintf(spec, sizeof spec, "%s%s", file, after);
	ck_assert_msg(hvc_subject_open(spec, &diag, &subject) == HVC_OK, "%s: %s", spec,
	              diag.message);
	return subject;
}

static struct pack read_kernel(void)
{
	FILE *file = fopen(kernel, "rb");
	uint8_t *bytes;
	struct pack room = pack_alloc((size_t)128 << 20, &bytes);

	ck_assert_msg(file != NULL, "%s", kernel);
	room.size = fread(bytes, 1, room.size, file);
	ck_assert_int_eq(fclose(file), 0);
	return room;
}

TEST(tables_have_names)
{
	struct hvc_subject *subject = open_spec(kernel, "@" STUB_VECTORS);
	uint64_t stub = hvc_subject_image(subject)->vectors, address, offset;
	struct hvc_candidate *found;
	const char *name;
	struct hvc_diag diag;
	size_t count;
	bool seen = false;

	/* It is one of the tables that are found by their shape. */
	ck_assert_int_eq(hvc_vectors__find(kernel, &diag, &found, &count), HVC_OK);
	for (size_t i = 0; i < count; i++)
		seen |= found[i].address == stub && found[i].writes_vbar;
	ck_assert(seen);
	free(found);
	ck_assert(hvc_subject_symbol(subject, stub + 0x400, &name, &offset));
	ck_assert_str_eq(name, STUB_VECTORS);
	ck_assert_uint_eq(offset, 0x400);
	/* EL1's vectors, by their name: sixteen slots, so aligned. */
	ck_assert_int_eq(hvc_subject_find(subject, "vectors", &address), HVC_OK);
	ck_assert_uint_eq(address % 0x800, 0);
	ck_assert_int_eq(hvc_subject_find(subject, "no_such_function", &address), HVC_E_NOTFOUND);
	hvc_subject_close(subject);
}

TEST(addresses_of_debian_6_1)
{
	/* Functions of assembly files, whose first instructions are known. */
	static const struct {
		const char *name;
		uint32_t first;
	} rows[] = {
	        {"__hyp_set_vectors", 0xaa0003e1},   /* mov x1, x0 */
	        {"__hyp_reset_vectors", 0xd2800040}, /* mov x0, #2 */
	};
	struct hvc_subject *subject = open_spec(kernel, "@" STUB_VECTORS);
	const struct hvc_segment *segment = hvc_subject_image(subject)->segment;

	for (size_t i = 0; is_debian_6_1 && i < sizeof rows / sizeof *rows; i++) {
		uint64_t address;
		uint32_t word = 0;

		ck_assert_int_eq(hvc_subject_find(subject, rows[i].name, &address), HVC_OK);
		for (unsigned n = 4; n-- > 0;)
			word = word << 8 | segment->data[address - segment->address + n];
		/* BTI or NOP may come first. */
		if ((word & 0xfffff01f) == 0xd503201f) {
			address += 4;
			for (unsigned n = 4; n-- > 0;)
				word = word << 8 | segment->data[address - segment->address + n];
		}
		ck_assert_msg(word == rows[i].first, "%s begins with 0x%08x", rows[i].name, word);
	}
	hvc_subject_close(subject);
	hvc_subject_close(open_spec(kernel, "@__kvm_hyp_vector"));
}

TEST(straight_out_of_the_package)
{
	struct hvc_subject *plain = open_spec(kernel, "@" STUB_VECTORS), *packed;
	glob_t found;

	if (!is_debian_6_1) {
		hvc_subject_close(plain);
		return;
	}
	ck_assert_int_eq(glob(HVC_BINARY_DIR "/real/linux-image-*_arm64.deb", 0, NULL, &found), 0);
	packed = open_spec(found.gl_pathv[found.gl_pathc - 1], "@" STUB_VECTORS);
	ck_assert_uint_eq(hvc_subject_image(packed)->vectors, hvc_subject_image(plain)->vectors);
	ck_assert_int_eq(strncmp(hvc_subject__member(packed), "boot/vmlinuz-6.1.", 17), 0);
	hvc_subject_close(packed);
	packed = open_spec(found.gl_pathv[found.gl_pathc - 1], ":vmlinuz-*@" STUB_VECTORS);
	hvc_subject_close(packed);
	hvc_subject_close(plain);
	globfree(&found);
}

TEST(packed_in_other_ways)
{
	const struct pack image = read_kernel();
	const struct pack ways[] = {
	        pack_filter(ARCHIVE_FILTER_LZ4, image),
	        pack_zboot("zstd", pack_filter(ARCHIVE_FILTER_ZSTD, image)),
	        pack_filter(ARCHIVE_FILTER_GZIP, image),
	};
	struct hvc_subject *plain = open_spec(kernel, "@" STUB_VECTORS);

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct hvc_subject *packed =
		        open_spec(pack_write("kernel", ways[i]), "@" STUB_VECTORS);

		ck_assert_uint_eq(hvc_subject_image(packed)->vectors,
		                  hvc_subject_image(plain)->vectors);
		hvc_subject_close(packed);
	}
	hvc_subject_close(plain);
}

/* Opening by a name and finding all tables, in a process of their own. */
TEST(cost)
{
	struct rusage usage;
	int status;
	double seconds;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (!child) {
		struct hvc_candidate *found;
		struct hvc_diag diag;
		size_t count;

		if (hvc_vectors__find(kernel, &diag, &found, &count) != HVC_OK || !count)
			_exit(1);
		free(found);
		_exit(0);
	}
	ck_assert_int_eq(wait4(child, &status, 0, &usage), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	seconds = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
	seconds += (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
	printf("%.2f s, %ld MiB\n", seconds, usage.ru_maxrss / 1024);
#ifndef __SANITIZE_ADDRESS__
	ck_assert_msg(seconds < CPU_MOST, "%.2f s", seconds);
	ck_assert_int_lt(usage.ru_maxrss, KIB_MOST);
#endif
}

int main(void)
{
	int status = real_kernel_find(kernel, sizeof kernel, &is_debian_6_1);

	if (status)
		return status;
	return suite_run("real_names");
}
