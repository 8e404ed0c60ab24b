/* SPDX-License-Identifier: MIT */
/* Names from a System.map: where they go, and which files are none. */
#include "packing.h"
#include "suite.h"
#include "tiny_elf.h"

static enum hvc_status open_with(const char *file, const char *where, const char *map,
                                 struct hvc_diag *diag, struct hvc_subject **out)
{
	char spec[600], symbols[600];

	snprintf(spec, sizeof spec, "%s%s", file, where);
	snprintf(symbols, sizeof symbols, "%s",
	         pack_write("System.map", pack_copy(map, strlen(map))));
	memset(diag, 0, sizeof *diag);
	return hvc_subject_open_with(spec, symbols, diag, out);
}

TEST(names_of_an_image)
{
	static const char *const maps[] = {
	        /* From _text on, whatever else is there; undefined and absolute ones are not. */
	        "0000000000000000 A absolute\n"
	        "ffff800008000000 t _head\n"
	        "ffff800008000000 T _text\n"
	        "ffff800008000800 T table\n"
	        "ffff800008000800 t __table_start\n"
	        "ffff800008000c00 t slot\r\n"
	        "                 U undefined\n"
	        "                 w weak\n"
	        "\n"
	        "ffff800009000000 B outside\n",
	        "200000 T start\n300000 T _start\n300800 T table\n300c00 T slot",
	};
	char path[512];

	snprintf(path, sizeof path, "%s", pack_write("image", pack_kernel(0x2000)));
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		struct hvc_subject *subject;
		struct hvc_diag diag;
		const char *name;
		uint64_t offset;

		ck_assert_msg(open_with(path, "@table", maps[i], &diag, &subject) == HVC_OK, "%s",
		              diag.message);
		ck_assert_uint_eq(hvc_subject_image(subject)->vectors, HVC_IMAGE_BASE + 0x800);
		ck_assert(hvc_subject_symbol(subject, HVC_IMAGE_BASE + 0x804, &name, &offset));
		ck_assert_str_eq(name, "table");
		ck_assert(hvc_subject_symbol(subject, HVC_IMAGE_BASE + 0xc08, &name, &offset));
		ck_assert_str_eq(name, "slot");
		ck_assert_uint_eq(offset, 8);
		ck_assert_int_eq(hvc_subject_find(subject, "outside", &offset), HVC_E_NOTFOUND);
		ck_assert_int_eq(hvc_subject_find(subject, "absolute", &offset), HVC_E_NOTFOUND);
		hvc_subject_close(subject);
	}
}

/* An ELF file's own addresses; the given names go before its own. */
TEST(names_of_an_elf_file)
{
	uint8_t bytes[TINY_SIZE];
	struct hvc_subject *subject;
	struct hvc_diag diag;
	const char *name;
	uint64_t offset;
	char path[512];

	tiny_elf(bytes);
	snprintf(path, sizeof path, "%s", pack_write("elf", (struct pack){bytes, sizeof bytes}));
	ck_assert_int_eq(open_with(path, "@mine", "0000000040000800 T mine\n", &diag, &subject),
	                 HVC_OK);
	ck_assert_uint_eq(hvc_subject_image(subject)->vectors, TINY_TEXT + 0x800);
	ck_assert(hvc_subject_symbol(subject, TINY_TEXT + 0x804, &name, &offset));
	ck_assert_str_eq(name, "mine");
	ck_assert(hvc_subject_symbol(subject, TINY_TEXT + 0x904, &name, &offset));
	ck_assert_str_eq(name, "second");
	hvc_subject_close(subject);
}

TEST(files_that_are_none)
{
	static const struct {
		const char *map;
		unsigned line;
		const char *message;
	} rows[] = {
	        {"ffff800008000000 T _text\nhello\n", 2, "is not a line 'ADDRESS TYPE NAME'"},
	        {"ffff800008000000 T\n", 1, "is not a line 'ADDRESS TYPE NAME'"},
	        {"ffff800008000000_T_text\n", 1, "is not a line 'ADDRESS TYPE NAME'"},
	        {"11ffff800008000000 T _text\n", 1, "is not a line 'ADDRESS TYPE NAME'"},
	        {"\177ELF\2\1\1", 1, "is not a line 'ADDRESS TYPE NAME'"},
	        {"ffff800008000000 T first\n", 0, "names neither _text nor _start"},
	        {"ffff800008000000 A _text\n", 0, "none of its 1 symbols is inside the image"},
	        {"\n", 0, "names neither _text nor _start"},
	        {"", 0, "is empty"},
	};
	char path[512];

	snprintf(path, sizeof path, "%s", pack_write("image", pack_kernel(0x2000)));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_subject *subject = NULL;
		struct hvc_diag diag;

		ck_assert_int_eq(open_with(path, "@+0x800", rows[i].map, &diag, &subject),
		                 HVC_E_FORMAT);
		ck_assert_msg(strstr(diag.message, rows[i].message), "%s", diag.message);
		ck_assert_uint_eq(diag.line, rows[i].line);
		ck_assert_ptr_null(subject);
	}
}

SUITE_MAIN("system_map")
