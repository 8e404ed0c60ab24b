/* SPDX-License-Identifier: MIT */
/** What a map says of code that few people write (conformance/subjects/unlikely.S). */
#include "engine/exact.h"
#include "under_test.h"

struct fixture {
	struct hvc_subject *subject;
	struct hvc_exact *exact;
};

static void make(struct fixture *f, const char *table, const struct hvc_exact_config *like)
{
	struct hvc_exact_config config = *like;
	struct hvc_diag diag = {0};
	char path[512];

	snprintf(path, sizeof path, "%s/subjects/unlikely.elf@%s", HVC_BINARY_DIR, table);
	f->subject = open_subject(path);
	config.subject = f->subject;
	ck_assert_msg(hvc_exact__make(&config, &diag, &f->exact) == HVC_OK, "%s: %s", table,
	              diag.message);
}

static void drop(struct fixture *f)
{
	hvc_exact__free(f->exact);
	hvc_subject_close(f->subject);
}

/* Handlers as few people write them: what is said of one call, and of how many rows. */
static const struct unlikely {
	const char *table;
	unsigned imm;
	uint64_t x0;
	const char *condition, *behaviour; /* of its row, as they begin */
	unsigned rows;
	enum hvc_row_known known;
	bool unconfirmed;
} unlikely[] = {
        {"instruction", 7, 0, "always", "return, x0 := imm, ", 1, HVC_ROW_PROVED, false},
        {"by_immediate", 7, 0, "always", "return, x0 := [x1 + imm << 3]", 1, HVC_ROW_PROVED, false},
        {"long_table", 399, 0, "imm <= 0x18f", "return, x0 := if(imm = ", 2, HVC_ROW_PROVED, false},
        {"long_table", 400, 0, "imm >= 0x190", "return, x0 := -1", 2, HVC_ROW_PROVED, true},
        {"long_switch", 399, 0, "imm = 0x18f", "return, x0 := 0x18f", 401, HVC_ROW_PROVED, true},
        {"vast_table", 0x8101, 0, "imm >= 0x8000", "spin, not followed", 2, HVC_ROW_SWEPT, true},
        {"vast_stack", 1, 0, "imm ", "return, not followed", 1, HVC_ROW_SWEPT, true},
        {"missing_function", 1, 2, "x0 & 3 in 0, 2", "handoff to ", 2, HVC_ROW_PROVED, false},
        {"missing_function", 1, 3, "x0 & 3 in 1, 3", "fault at 0x0", 2, HVC_ROW_PROVED, true},
        {"call_nothing", 1, 0, "x0 = 0", "fault at 0x0", 2, HVC_ROW_PROVED, false},
        {"stack_code", 1, 0, "imm is anything", "return, not followed", 1, HVC_ROW_SWEPT, true},
        {"timer", 1, 0, "cnthp_tval_el2(", "return, x0 := ", 2, HVC_ROW_PROVED, false},
        {"lacking", 1, 0, "always", "return, x0 := contextidr_el2", 1, HVC_ROW_PROVED, false},
        {"kept_beside", 1, 0, "always", "return, x0 := hacr_el2, x2 := x1", 1, HVC_ROW_PROVED,
         false},
        {"chain", 9, 599 * 97 + 5, "w0 = 0xe2fc", "return, x0 := 0x257", 601, HVC_ROW_PROVED, true},
};

TEST(unlikely_code_is_told_right)
{
	const struct unlikely *wanted = NULL;
	struct hvc_exact_config config = {.levels = 1u << HVC_LEVEL_EL1H};
	const struct hvc_row *row;
	struct hvc_call call;
	struct fixture f;
	char text[4000];

	for (size_t i = 0; i < sizeof unlikely / sizeof *unlikely; i++) {
		wanted = &unlikely[i];
		config.unconfirmed = wanted->unconfirmed && wanted->known == HVC_ROW_PROVED;
		make(&f, wanted->table, &config);
		ck_assert_int_eq(hvc_exact__is_complete(f.exact), wanted->known == HVC_ROW_PROVED);
		ck_assert_msg(f.exact->part[0].rows == wanted->rows, "%s: %u rows", wanted->table,
		              f.exact->part[0].rows);
		hvc_call_init(&call, 0);
		call.imm = (uint16_t)wanted->imm;
		call.x[0] = wanted->x0;
		row = hvc_exact__row_of(f.exact, &call);
		ck_assert_ptr_nonnull(row);
		ck_assert_int_eq(row->known, wanted->known);
		hvc_exact__print_condition(f.exact, row, text, sizeof text);
		ck_assert_msg(!strncmp(text, wanted->condition, strlen(wanted->condition)),
		              "%s: %s", wanted->table, text);
		hvc_exact__print_behaviour(f.exact, row, text, sizeof text);
		ck_assert_msg(!strncmp(text, wanted->behaviour, strlen(wanted->behaviour)),
		              "%s: %s", wanted->table, text);
		drop(&f);
	}
}

/* A sum that the CPU computes is one that the terms do, and calls go by it. */
TEST(checksums_are_computed)
{
	const struct hvc_exact_config config = {.levels = 1u << HVC_LEVEL_EL1H};
	struct fixture f;

	make(&f, "checksum", &config);
	ck_assert(hvc_exact__is_complete(f.exact));
	ck_assert_uint_eq(f.exact->part[0].rows, 2);
	ck_assert_uint_eq(f.exact->part[0].taken, HVC_IMM_COUNT);
	drop(&f);
}

/* 65,536 paths and more are one, or one for each round, where sides of branches meet again. */
TEST(sides_that_meet_again_are_one)
{
	const struct hvc_exact_config config = {.levels = 1u << HVC_LEVEL_EL1H};
	const char *const tables[] = {"bits", "ones", "apart"};
	const unsigned paths[] = {1, 17, 2};
	struct fixture f;

	for (unsigned i = 0; i < 3; i++) {
		make(&f, tables[i], &config);
		ck_assert(hvc_exact__is_complete(f.exact));
		ck_assert_uint_eq(f.exact->part[0].symbolic->paths, paths[i]);
		ck_assert_uint_eq(f.exact->part[0].confirmed, paths[i]);
		ck_assert_uint_eq(f.exact->part[0].taken, HVC_IMM_COUNT);
		drop(&f);
	}
}

SUITE_MAIN("unlikely")
