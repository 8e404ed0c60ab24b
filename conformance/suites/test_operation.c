/* SPDX-License-Identifier: MIT */
/*
 * Operations in a diff: what a move from calls by immediate to calls by x0 means for them, and for
 * those who still ask the old way.
 */
#include "pair.h"
#include "tiny_image.h"

static unsigned find_operation(const struct hvc_diff *diff, const char *name)
{
	unsigned i = 0;

	while (i < diff->operations && strcmp(diff->operation[i].name, name) != 0)
		i++;
	ck_assert_msg(i < diff->operations, "no operation %s", name);
	return i;
}

static bool has(const struct hvc_regset *set, const char *name)
{
	return hvc_regset_has(set, hvc_reg_find(name));
}

static void check_operations(const struct hvc_diff *diff)
{
	static const struct {
		const char *name, *how[HVC_SIDE_COUNT], *does[HVC_SIDE_COUNT];
	} rows[] = {
	        {"call_hyp", {"hvc #0x0", NULL}, {"return, x17 := 0x16, x18 := imm", NULL}},
	        {"get_vectors",
	         {"hvc #0x1", "x0 = 0"},
	         {"return, x0 := vbar_el2, x17 := 0x16, x18 := 1",
	          "return, x0 := vbar_el2, x30 := 0x16"}},
	        {"set_vectors",
	         {"hvc #0x2", "x0 = 1"},
	         {"return, x17 := 0x16, x18 := 2, vbar_el2 := x0",
	          "return, x30 := 0x16, vbar_el2 := x1"}},
	        {"unknown",
	         {"anything else", "x0 >= 2"},
	         {"return, x17 := 0x16, x18 := imm", "return, x0 := 2, x30 := 0x16"}},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned index = find_operation(diff, rows[i].name);

		for (int side = 0; side < HVC_SIDE_COUNT; side++) {
			const struct hvc_use *use = &diff->operation[index].use[side];

			ck_assert_int_eq(use->offered, rows[i].how[side] != NULL);
			if (!use->offered)
				continue;
			ck_assert_str_eq(use->how, rows[i].how[side]);
			ck_assert_str_eq(use->does, rows[i].does[side]);
			ck_assert_int_eq(has(&use->changes, "x17"), side == HVC_SIDE_OLD);
			ck_assert_int_eq(has(&use->changes, "x30"), side == HVC_SIDE_NEW);
			ck_assert(use->witness.made);
		}
	}
	find_operation(diff, "call_func");
}

/* What an old caller gets: by the number in x0, which the old ABI does not look at. */
static void check_meetings(const struct hvc_diff *diff)
{
	static const struct {
		const char *asked, *got;
		uint16_t imm;
		bool x0_known, silent;
		uint64_t x0;
	} rows[] = {
	        {"call_hyp", "get_vectors", 0, true, true, 0},
	        {"call_hyp", "set_vectors", 0, true, true, 1},
	        {"call_hyp", "unknown", 0, false, false, 0},
	        {"get_vectors", "get_vectors", 1, true, false, 0},
	        {"get_vectors", "set_vectors", 1, true, true, 1},
	        {"get_vectors", "unknown", 1, false, false, 0},
	        {"set_vectors", "get_vectors", 2, true, true, 0},
	        {"set_vectors", "set_vectors", 2, true, true, 1},
	        {"set_vectors", "unknown", 2, false, false, 0},
	        {"call_func", "unknown", 4, true, false, HVC_FUNCTION},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned asked = find_operation(diff, rows[i].asked), found = 0;

		for (unsigned k = 0; k < diff->migrations; k++) {
			const struct hvc_migration *migration = &diff->migration[k];
			const struct hvc_call *call = &migration->witness.call;

			if (migration->operation != asked ||
			    strcmp(migration->rule_new, rows[i].got))
				continue;
			found++;
			ck_assert_uint_eq(call->imm, rows[i].imm);
			ck_assert_int_eq(migration->silent, rows[i].silent);
			ck_assert(!migration->same);
			if (rows[i].x0_known)
				ck_assert_uint_eq(call->x[0], rows[i].x0);
		}
		ck_assert_msg(found == 1, "%s met as %s: %u times", rows[i].asked, rows[i].got,
		              found);
	}
}

TEST(from_the_immediate_to_x0)
{
	struct pair pair;
	const struct hvc_diff *diff;

	make(&pair, "linux-stub-imm", "linux-stub-4.7", true);
	diff = pair.diff;
	check_operations(diff);
	ck_assert(diff->operation[find_operation(diff, "set_vectors")].otherwise);
	ck_assert(!diff->operation[find_operation(diff, "get_vectors")].otherwise);
	check_meetings(diff);
	ck_assert(has(&diff->touched[HVC_SIDE_OLD], "x17"));
	ck_assert(has(&diff->touched[HVC_SIDE_OLD], "x18"));
	ck_assert(has(&diff->touched[HVC_SIDE_NEW], "x30"));
	ck_assert(!has(&diff->touched[HVC_SIDE_NEW], "x17"));
	ck_assert(!has(&diff->touched[HVC_SIDE_NEW], "x18"));
	drop(&pair);
}

/* A register that is set to what it is in all of an operation's calls is not changed by it. */
TEST(what_is_set_to_what_it_is_is_kept)
{
	struct pair pair;
	const struct hvc_operation *operation;

	make(&pair, "linux-stub-4.7", "linux-stub-4.12", true);
	operation = &pair.diff->operation[find_operation(pair.diff, "set_vectors")];
	ck_assert_str_eq(operation->use[HVC_SIDE_NEW].does, "return, x0 := 0, vbar_el2 := x1");
	ck_assert(!has(&operation->use[HVC_SIDE_NEW].changes, "x0"));
	ck_assert(has(&operation->use[HVC_SIDE_NEW].changes, "vbar_el2"));
	ck_assert_str_eq(operation->change, "x30 kept now");
	ck_assert(!operation->otherwise);
	drop(&pair);
}

/* x0 = 1 is a call with a result in x1, and `other` in another register; NOP where there is none.
 */
static struct hvc_subject *open_side(const char *name, uint16_t result, uint32_t other)
{
	struct tiny_image image;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_SUBS(31, 0, 1), A64_BNE(12), A64_MOVZ(1, result), other,
	         A64_ERET);
	return open_subject(tiny_file(&image, name));
}

static struct hvc_abi *open_rules(const char *name, unsigned x0, unsigned result)
{
	char text[400];

	snprintf(text, sizeof text,
	         "abi: a\ntitle: t\nsource: s\ncallers: el1h\nclobbers: x0-x3, nzcv\nrules:\n"
	         "  - { name: %s, when: { x0: %u }, outcome: return, results: { x1: %u } }\n"
	         "  - { name: none, role: unknown, default: true, outcome: return }\n",
	         name, x0, result);
	return parse_abi(text);
}

/* The old way to ask for `get` is met by code and by a rule: is it the same, and does it tell? */
TEST(what_old_callers_get)
{
	static const struct {
		const char *rule; /* of the new ABI, for this x0 */
		unsigned x0, result;
		uint32_t other;
		bool same, silent;
	} rows[] = {
	        {"get", 1, 5, A64_NOP, true, false},
	        {"get", 1, 6, A64_NOP, false, true},         /* what was promised changed */
	        {"get", 1, 5, A64_MOVZ(2, 9), false, false}, /* what nobody had promised did */
	        {"put", 1, 5, A64_NOP, false, true},         /* another operation */
	        {"get", 2, 6, A64_NOP, false, true},         /* none now, and nothing says so */
	        {"get", 2, 6, A64_MOVZ(0, 7), false, false}, /* but x0 does */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_diff_config config = {.brief = true};
		const struct hvc_migration *migration;
		struct pair pair;

		pair.subject[0] = open_side("get.old", 5, A64_NOP);
		pair.subject[1] = open_side("get.new", (uint16_t)rows[i].result, rows[i].other);
		pair.abi[0] = open_rules("get", 1, 5);
		pair.abi[1] = open_rules(rows[i].rule, rows[i].x0, rows[i].result);
		make_with(&pair, &config);
		ck_assert_uint_eq(pair.diff->migrations, 1);
		migration = pair.diff->migration;
		ck_assert_uint_eq(migration->operation, find_operation(pair.diff, "get"));
		ck_assert_str_eq(migration->rule_new, rows[i].x0 == 1 ? rows[i].rule : "none");
		ck_assert_uint_eq(migration->witness.call.x[0], 1);
		ck_assert_msg(migration->same == rows[i].same, "row %zu: same %d", i,
		              migration->same);
		ck_assert_msg(migration->silent == rows[i].silent, "row %zu: silent %d", i,
		              migration->silent);
		ck_assert_int_eq(pair.diff->equal, rows[i].result == 5 && rows[i].other == A64_NOP);
		drop(&pair);
	}
}

SUITE_MAIN("operation")
