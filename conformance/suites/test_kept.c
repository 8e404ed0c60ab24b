/* SPDX-License-Identifier: MIT */
/* What calls leave in memory, and by which pointers, as diff compares it. */
#include "pair.h"

/* What no outcome shows, and a later call may go by: what is there in the end. */
TEST(what_is_kept_elsewise_is_not_equal)
{
	static const struct {
		const char *old, *new, *what;
	} rows[] = {
	        {"keeps", "keeps", NULL},
	        {"keeps", "keeps_other", "[kept]"},
	        {"keeps_other", "keeps", "[kept]"},
	        {"keeps", "keeps_halves", NULL},
	        {"keeps_halves", "keeps", NULL},
	        {"keeps_halves", "keeps_nothing", "[kept], [kept+0x4]"},
	        {"keeps_nothing", "keeps_back", NULL},
	        {"keeps_stack", "keeps_nothing", NULL},
	        {"keeps_cpu", "keeps_cpu", NULL},
	        {"keeps_cpu", "keeps_cpu_other", "[tpidr_el2 + 0x10]"},
	        {"keeps_nothing", "keeps_cpu", "[tpidr_el2 + 0x10]"},
	        {"keeps_beyond", "keeps_nothing", "[[tpidr_el2 + 8] + 0x10]"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair pair;

		make_variants(&pair, rows[i].old, rows[i].new);
		ck_assert_uint_eq(pair.diff->gaps, 0);
		ck_assert_int_eq(pair.diff->equal, !rows[i].what);
		ck_assert_int_eq(pair.diff->changes > 0, rows[i].what != NULL);
		for (unsigned k = 0; k < pair.diff->changes; k++)
			ck_assert_str_eq(pair.diff->change[k].what, rows[i].what);
		drop(&pair);
	}
}

/* A caller may give one pointer twice, or one into what the other leads to. */
TEST(pointers_of_the_callers_may_be_one)
{
	static const struct {
		const char *old, *new, *when[2]; /* all of it; a part of it */
	} rows[] = {
	        {"stores_first", "loads_twice", {NULL, NULL}},
	        {"stores_first", "loads_first", {"x1 = x2", "x2 - x1"}},
	        {"loads_first", "loads_twice", {"x1 = x2", "x2 - x1"}},
	        {"stores_beyond", "loads_before", {"x2 = [x1]", "x2 - [x1]"}},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool whole = false, part = false;
		struct pair pair;

		make_variants(&pair, rows[i].old, rows[i].new);
		ck_assert_int_eq(pair.diff->equal, !rows[i].when[0]);
		for (unsigned k = 0; k < pair.diff->changes; k++) {
			ck_assert_int_eq(strncmp(pair.diff->change[k].what, "x0", 2), 0);
			whole |= strstr(pair.diff->change[k].when, rows[i].when[0]) != NULL;
			part |= strstr(pair.diff->change[k].when, rows[i].when[1]) != NULL;
			ck_assert(i == 3 || pair.diff->change[k].witness.made);
		}
		ck_assert_ptr_null(pair.diff->apart[0]);
		ck_assert_int_eq(whole, rows[i].when[0] != NULL);
		ck_assert_int_eq(part, rows[i].when[0] != NULL);
		drop(&pair);
	}
}

/* That it leads to EL2's own data is not looked at, and said. */
TEST(pointers_into_el2_are_told)
{
	struct pair pair;

	make_variants(&pair, "own_late", "own_early");
	ck_assert(pair.diff->equal);
	ck_assert_str_eq(pair.diff->apart[0], "x1");
	ck_assert_str_eq(pair.diff->apart[1], "EL2's own");
	ck_assert_ptr_null(pair.diff->apart[2]);
	drop(&pair);
}

/* Data is where its symbol is, in memory that boot fills, and in a map that was saved. */
TEST(data_that_moved_is_the_same)
{
	const char *const places[][2] = {{"variants.elf@moved_data", "hazards.elf@moved_data"},
	                                 {"variants.elf@moved_other", "hazards.elf@moved_data"}};
	char path[512];

	for (unsigned saved = 0; saved < 4; saved++)
		for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
			struct hvc_diff_config config = {.brief = true,
			                                 .levels = 1u << HVC_LEVEL_EL1H,
			                                 .insns = 1u << HVC_INSN_HVC};
			struct hvc_subject *subject[HVC_SIDE_COUNT];
			struct hvc_diff *diff = NULL;
			struct hvc_diag diag = {0};

			for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
				snprintf(path, sizeof path, "%s/subjects/%s", HVC_BINARY_DIR,
				         places[i][side]);
				subject[side] = open_subject(path);
				if (saved >> side & 1)
					config.saved[side] =
					        save(subject[side], 1u << HVC_LEVEL_EL1H);
				else
					config.subject[side] = subject[side];
			}
			ck_assert_msg(hvc_diff__run(&config, &diag, &diff) == HVC_OK, "%s",
			              diag.message);
			ck_assert_uint_eq(diff->gaps, 0);
			ck_assert_int_eq(diff->equal, i == 0);
			ck_assert(i == 0 || !strcmp(diff->change[0].what,
			                            "x0, [moved_word], [moved_word+0x8]"));
			hvc_diff__free(diff);
			for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
				hvc_exact__free((struct hvc_exact *)config.saved[side]);
				hvc_subject_close(subject[side]);
			}
		}
}

SUITE_MAIN("kept")
