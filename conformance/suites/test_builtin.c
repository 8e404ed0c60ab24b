/* SPDX-License-Identifier: MIT */
/** The built-in subjects as they are embedded: names, titles, and vector tables in place. */
#include <string.h>

#include "hvcheck/arch.h"
#include "subject/subject.h"
#include "subject/walk.h"
#include "suite.h"

/* Where vectors/subject.ld puts the table. */
#define TABLE     UINT64_C(0x40000000)
#define WORD_SELF UINT32_C(0x14000000)

TEST(names_are_unique_and_titled)
{
	const struct hvc_builtin *row;
	size_t count = 0;

	for (; (row = hvc_builtin_at(count)); count++) {
		ck_assert_uint_gt(strlen(row->title), 0);
		ck_assert_ptr_null(strchr(row->title, '\n'));
		ck_assert_uint_gt(strlen(row->family), 0);
		/* what is wrong on purpose can be told by its name alone */
		ck_assert_msg(!strncmp(row->name, "broken-", 7) == !strcmp(row->family, "broken"),
		              "%s is of the family %s", row->name, row->family);
		for (size_t i = 0; i < count; i++)
			ck_assert_str_ne(row->name, hvc_builtin_at(i)->name);
	}
	ck_assert_uint_ge(count, 80);
	ck_assert_ptr_null(hvc_builtin_at(SIZE_MAX));
}

/* The title is embedded from the source; the ELF file must carry the same one. */
TEST(elf_carries_its_title)
{
	const struct hvc_builtin *row;

	for (size_t i = 0; (row = hvc_builtin_at(i)); i++) {
		ck_assert_mem_eq(row->elf, "\177ELF", 4);
		ck_assert_uint_lt(row->elf_size, 16384);
		ck_assert_msg(memmem(row->elf, row->elf_size, row->title, strlen(row->title) + 1),
		              "%s", row->name);
	}
}

static uint32_t word_at(const struct hvc_image *image, uint64_t address)
{
	uint32_t word = 0;

	return hvc_walk__word(image, address, &word) ? word : 0;
}

TEST(table_is_first_and_slots_are_in_order)
{
	static const char *const slot[16] = {
	        "slot_el2t_sync",    "slot_el2t_irq",    "slot_el2t_fiq",    "slot_el2t_serror",
	        "slot_el2h_sync",    "slot_el2h_irq",    "slot_el2h_fiq",    "slot_el2h_serror",
	        "slot_lower64_sync", "slot_lower64_irq", "slot_lower64_fiq", "slot_lower64_serror",
	        "slot_lower32_sync", "slot_lower32_irq", "slot_lower32_fiq", "slot_lower32_serror",
	};
	const struct hvc_builtin *row;

	for (size_t i = 0; (row = hvc_builtin_at(i)); i++) {
		struct hvc_diag diag;
		struct hvc_subject *subject;
		uint64_t address;

		if (hvc_builtin_is_aarch32(row))
			continue; /* a table of eight words: test_hyp.c */
		ck_assert_int_eq(hvc_subject_open(row->name, &diag, &subject), HVC_OK);
		ck_assert_ptr_eq(hvc_subject__builtin(subject), row);
		ck_assert_uint_eq(hvc_subject_image(subject)->vectors, TABLE);
		for (unsigned n = 0; n < 16; n++) {
			ck_assert_int_eq(hvc_subject_find(subject, slot[n], &address), HVC_OK);
			ck_assert_uint_eq(address, TABLE + n * HVC_VECTOR_SLOT_SIZE);
		}
		hvc_subject_close(subject);
	}
}

/* Of every slot's 128 bytes, those that are not code are zero: an UNDEFINED instruction. */
TEST(slots_are_code_then_zeros)
{
	const struct hvc_builtin *row;

	for (size_t i = 0; (row = hvc_builtin_at(i)); i++) {
		struct hvc_diag diag;
		struct hvc_subject *subject;
		bool code = false;

		if (hvc_builtin_is_aarch32(row))
			continue;
		ck_assert_int_eq(hvc_subject_open(row->name, &diag, &subject), HVC_OK);
		for (unsigned at = 0; at < HVC_VECTOR_TABLE_SIZE; at += 4) {
			uint32_t word = word_at(hvc_subject_image(subject), TABLE + at);

			if (at % HVC_VECTOR_SLOT_SIZE == 0) {
				ck_assert_uint_ne(word, 0);
				code = (word & 0xfc000000) != WORD_SELF;
			} else if (!code) {
				/* Nothing follows a branch, nor the end of the code. */
				ck_assert_uint_eq(word, 0);
			} else {
				code = word != 0;
			}
		}
		hvc_subject_close(subject);
	}
}

SUITE_MAIN("builtin")
