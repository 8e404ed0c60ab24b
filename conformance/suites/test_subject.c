/* SPDX-License-Identifier: MIT */
/* Subjects: what a spec names, which files are refused and how it is said. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hvcheck/arch.h"
#include "subject/subject.h"
#include "suite.h"
#include "tiny_elf.h"

#define FOLDER HVC_BINARY_DIR "/test_subject.files"

static void write_tiny(const char *path)
{
	uint8_t bytes[TINY_SIZE];

	tiny_elf(bytes);
	suite_put(path, bytes, sizeof bytes);
}

/* A failed open: its status and message, with the output untouched. */
static void check_refused(const char *spec, enum hvc_status status, const char *message)
{
	struct hvc_subject *const mark = (struct hvc_subject *)&suite_put;
	struct hvc_subject *subject = mark;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_subject_open(spec, &diag, &subject) == status, "%s: %s", spec,
	              diag.message);
	ck_assert_str_eq(diag.message, message);
	ck_assert_int_eq(diag.status, status);
	ck_assert_ptr_eq(subject, mark);
	ck_assert_int_eq(hvc_subject_open(spec, NULL, &subject), status);
}

static struct hvc_subject *open_good(const char *spec)
{
	struct hvc_subject *subject;
	struct hvc_diag diag;

	ck_assert_msg(hvc_subject_open(spec, &diag, &subject) == HVC_OK, "%s: %s", spec,
	              diag.message);
	ck_assert_str_eq(hvc_subject_name(subject), spec);
	return subject;
}

TEST(specs_of_an_elf_file)
{
	static const struct {
		const char *where;
		uint64_t vectors;
	} rows[] = {
	        {"", TINY_TEXT},
	        {"@hvc_vectors", TINY_TEXT},
	        {"@handler", TINY_TEXT + 0x800},
	        {"@0x40000000", TINY_TEXT},
	        {"@0X40000800", TINY_TEXT + 0x800},
	        {"@1073741824", TINY_TEXT},
	        {"@+0x1000", TINY_TEXT},
	        {"@+0x1800", TINY_TEXT + 0x800},
	        {"@+4096", TINY_TEXT},
	};
	const char *path = FOLDER "/specs.elf";

	write_tiny(path);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char spec[256];
		struct hvc_subject *subject;

		snprintf(spec, sizeof spec, "%s%s", path, rows[i].where);
		subject = open_good(spec);
		ck_assert_uint_eq(hvc_subject_image(subject)->vectors, rows[i].vectors);
		ck_assert_uint_eq(hvc_subject_image(subject)->segments, 2);
		ck_assert_int_eq(hvc_subject__format(subject), HVC_FORMAT_ELF);
		ck_assert_ptr_null(hvc_subject__builtin(subject));
		hvc_subject_close(subject);
	}
	hvc_subject_close(NULL);
}

TEST(specs_that_do_not_fit)
{
	static const struct {
		const char *where;
		enum hvc_status status;
		const char *message;
	} rows[] = {
	        /* clang-format off */
		{"@none", HVC_E_NOTFOUND,
		 "no symbol 'none'; 'hvcheck scan FILE' lists the tables, as FILE@SYMBOL or FILE@0xADDRESS"},
		{"@hvc_vector", HVC_E_NOTFOUND, "no symbol 'hvc_vector'; did you mean 'hvc_vectors'?"},
		{"@odd", HVC_E_RANGE, "vector table at 0x40000104 is not aligned to 2 KiB"},
		{"@0x40000400", HVC_E_RANGE, "vector table at 0x40000400 is not aligned to 2 KiB"},
		{"@0x40001000", HVC_E_RANGE, "vector table at 0x40001000 is not inside the image"},
		{"@0x40002000", HVC_E_RANGE, "vector table at 0x40002000 is not inside the image"},
		{"@0", HVC_E_RANGE, "vector table at 0x0 is not inside the image"},
		{"@0xfffffffffffff800", HVC_E_RANGE,
		 "vector table at 0xfffffffffffff800 is not inside the image"},
		{"@+0", HVC_E_RANGE, "offset 0x0 of the file is not loaded into memory"},
		{"@+0x99999999", HVC_E_RANGE, "offset 0x99999999 of the file is not loaded into memory"},
		{"@0x", HVC_E_ARG, "'0x' is not an address; write @0xADDRESS or @+0xOFFSET"},
		{"@12ab", HVC_E_ARG, "'12ab' is not an address; write @0xADDRESS or @+0xOFFSET"},
		{"@+x", HVC_E_ARG, "'+x' is not an address; write @0xADDRESS or @+0xOFFSET"},
		{"@0x10000000000000000", HVC_E_ARG,
		 "'0x10000000000000000' is not an address; write @0xADDRESS or @+0xOFFSET"},
		{"@", HVC_E_ARG,
		 "a subject is NAME, FILE[:MEMBER], or one of these files with @SYMBOL, "
		 "@0xADDRESS or @+0xOFFSET"},
	        /* clang-format on */
	};
	const char *path = FOLDER "/misfits.elf";

	write_tiny(path);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char spec[256];

		snprintf(spec, sizeof spec, "%s%s", path, rows[i].where);
		check_refused(spec, rows[i].status, rows[i].message);
	}
	check_refused("", HVC_E_ARG, "the subject's name is empty");
	check_refused(NULL, HVC_E_ARG, "the subject's name is empty");
	check_refused("@handler", HVC_E_ARG,
	              "a subject is NAME, FILE[:MEMBER], or one of these files with @SYMBOL, "
	              "@0xADDRESS or @+0xOFFSET");
}

TEST(names_with_an_at_sign)
{
	struct hvc_subject *subject;

	write_tiny(FOLDER "/mail@handler");
	subject = open_good(FOLDER "/mail@handler");
	ck_assert_uint_eq(hvc_subject_image(subject)->vectors, TINY_TEXT);
	hvc_subject_close(subject);
	subject = open_good(FOLDER "/mail@handler@handler");
	ck_assert_uint_eq(hvc_subject_image(subject)->vectors, TINY_TEXT + 0x800);
	hvc_subject_close(subject);
	check_refused(FOLDER "/mail@none", HVC_E_IO, "No such file or directory");
}

TEST(things_that_are_no_files)
{
	check_refused(HVC_BINARY_DIR, HVC_E_IO, "is a directory, not a regular file");
	check_refused(FOLDER "/missing", HVC_E_IO, "No such file or directory");
	check_refused(FOLDER "/missing@0x1000", HVC_E_IO, "No such file or directory");
	check_refused("/dev/null", HVC_E_IO, "is a device, not a regular file");
	suite_put(FOLDER "/empty", "", 0);
	check_refused(FOLDER "/empty", HVC_E_FORMAT, "is empty");
	check_refused(FOLDER "/empty/below", HVC_E_IO, "Not a directory");
	unlink(FOLDER "/fifo");
	ck_assert_int_eq(mkfifo(FOLDER "/fifo", 0666), 0);
	check_refused(FOLDER "/fifo", HVC_E_IO, "is a pipe, not a regular file");
	ck_assert_int_eq(truncate(FOLDER "/empty", (off_t)HVC_IMAGE_MAX + 1), 0);
	check_refused(FOLDER "/empty", HVC_E_RANGE, "is larger than 512 MiB");
	unlink(FOLDER "/empty");
}

TEST(foreign_files_are_refused_by_name)
{
	static const struct {
		unsigned offset, size;
		const char *magic, *message;
	} rows[] = {
	        /* clang-format off */
		{0, 9, "\x89LZO\0\r\n\x1a\n", "is compressed with lzop: decompress it first"},
		{0, 4, "\x27\x05\x19\x56", "is a U-Boot image: extract the kernel from it first"},
		{0, 4, "\xd0\x0d\xfe\xed",
		 "is a device tree or FIT image: extract the kernel from it first"},
		{0x202, 4, "HdrS", "is an x86 kernel, not AArch64"},
	        /* clang-format on */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t bytes[4096] = {0};

		memcpy(bytes + rows[i].offset, rows[i].magic, rows[i].size);
		suite_put(FOLDER "/foreign", bytes, sizeof bytes);
		check_refused(FOLDER "/foreign", HVC_E_UNSUPPORTED, rows[i].message);
		check_refused(FOLDER "/foreign@0x40000000", HVC_E_UNSUPPORTED, rows[i].message);
	}
}

TEST(raw_files_and_images)
{
	const char *path = FOLDER "/flat";
	const struct hvc_segment *segment;
	struct hvc_subject *subject;
	uint8_t bytes[0x1804];

	memset(bytes, 0x1f, sizeof bytes);
	suite_put(path, bytes, sizeof bytes);
	subject = open_good(FOLDER "/flat@+0x1000");
	segment = hvc_subject_image(subject)->segment;
	ck_assert_int_eq(hvc_subject__format(subject), HVC_FORMAT_RAW);
	ck_assert_uint_eq(segment->address, HVC_IMAGE_BASE);
	ck_assert_uint_eq(segment->size, sizeof bytes);
	ck_assert_int_eq(memcmp(segment->data, bytes, sizeof bytes), 0);
	ck_assert_uint_eq(hvc_subject_image(subject)->vectors, HVC_IMAGE_BASE + 0x1000);
	hvc_subject_close(subject);
	check_refused(FOLDER "/flat@+0x1800", HVC_E_RANGE,
	              "vector table at 0x40001800 is not inside the image");
	check_refused(path, HVC_E_NOTFOUND,
	              "no symbol 'hvc_vectors': the file has no symbols; 'hvcheck scan FILE' lists "
	              "its tables, as FILE@0xADDRESS");

	memcpy(bytes + 56, "ARM\x64", 4);
	tiny_put(bytes, 16, 8, 0x3000);
	tiny_put(bytes, 24, 8, 0xa);
	suite_put(path, bytes, sizeof bytes);
	subject = open_good(FOLDER "/flat@0x40001800");
	segment = hvc_subject_image(subject)->segment;
	ck_assert_int_eq(hvc_subject__format(subject), HVC_FORMAT_IMAGE);
	ck_assert_uint_eq(segment->size, 0x3000);
	ck_assert_uint_eq(segment->data_size, sizeof bytes);
	hvc_subject_close(subject);

	tiny_put(bytes, 24, 8, 0xb);
	suite_put(path, bytes, sizeof bytes);
	check_refused(FOLDER "/flat@0x40000000", HVC_E_FORMAT,
	              "is a big-endian kernel: flags at offset 0x18");

	tiny_put(bytes, 16, 8, HVC_IMAGE_MAX + 1);
	suite_put(path, bytes, sizeof bytes);
	check_refused(FOLDER "/flat@0x40000000", HVC_E_FORMAT,
	              "image_size at offset 0x10 is 0x20000001, more than 512 MiB");
}

TEST(lookups)
{
	struct hvc_subject *subject;
	const char *name = "untouched";
	uint64_t offset = 7, address = 9;

	write_tiny(FOLDER "/lookups.elf");
	subject = open_good(FOLDER "/lookups.elf");
	ck_assert(!hvc_subject_symbol(subject, TINY_DATA + 8, &name, &offset));
	ck_assert_str_eq(name, "untouched");
	ck_assert_uint_eq(offset, 7);
	/* Between the segments, though `second` has no size. */
	ck_assert(!hvc_subject_symbol(subject, TINY_TEXT + TINY_TEXT_SIZE, &name, &offset));
	ck_assert(hvc_subject_symbol(subject, TINY_TEXT + 0x83c, &name, &offset));
	ck_assert_str_eq(name, "handler");
	ck_assert_uint_eq(offset, 0x3c);
	ck_assert_int_eq(hvc_subject_find(subject, "none", &address), HVC_E_NOTFOUND);
	ck_assert_uint_eq(address, 9);
	ck_assert_int_eq(hvc_subject_find(subject, "value", &address), HVC_OK);
	ck_assert_uint_eq(address, TINY_DATA);
	hvc_subject_close(subject);
	ck_assert_str_eq(hvc_format__name(HVC_FORMAT_ELF), "elf");
	ck_assert_str_eq(hvc_format__name(HVC_FORMAT_IMAGE), "image");
	ck_assert_str_eq(hvc_format__name(HVC_FORMAT_RAW), "raw");
}

TEST(builtins_open)
{
	const struct hvc_builtin *builtin;
	size_t count = 0;

	for (; (builtin = hvc_builtin_at(count)); count++) {
		struct hvc_subject *subject = open_good(builtin->name);
		const struct hvc_image *image = hvc_subject_image(subject);
		uint64_t address;

		ck_assert_ptr_eq(hvc_subject__builtin(subject), builtin);
		ck_assert_int_eq(hvc_subject__format(subject), HVC_FORMAT_ELF);
		ck_assert_uint_eq(image->vectors, HVC_IMAGE_BASE);
		ck_assert_int_eq(hvc_subject_find(subject, "hvc_vectors", &address), HVC_OK);
		ck_assert_uint_eq(address, HVC_IMAGE_BASE);
		ck_assert(builtin->title && builtin->title[0] && builtin->family[0]);
		hvc_subject_close(subject);
	}
	ck_assert_uint_ge(count, 2);
	ck_assert_ptr_null(hvc_builtin_at(SIZE_MAX));
}

TEST(mistyped_builtins_get_a_hint)
{
	check_refused("linux-stub-6.1", HVC_E_NOTFOUND,
	              "no such built-in or file; did you mean 'linux-stub-6.0'?");
	check_refused("linux-stb-4.12", HVC_E_NOTFOUND,
	              "no such built-in or file; did you mean 'linux-stub-4.12'?");
	check_refused("zzz", HVC_E_NOTFOUND, "no such built-in or file ('hvcheck list subjects')");
	check_refused("linux-stub-4.12@hvc_vectors", HVC_E_ARG,
	              "'linux-stub-4.12' is a built-in, which takes no '@'");
}

SUITE_MAIN("subject")
