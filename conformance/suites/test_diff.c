/* SPDX-License-Identifier: MIT */
/*
 * Diffs: where two subjects part is where their machines part, nowhere else; and what a move
 * from calls by immediate to calls by x0 means for the operations and for those who still ask
 * the old way.
 */
#include "hvcheck/arch.h"
#include "hvcheck/diff.h"
#include "under_test.h"

struct pair {
	struct hvc_subject *subject[HVC_SIDE_COUNT];
	struct hvc_abi *abi[HVC_SIDE_COUNT];
	struct hvc_diff *diff;
};

/* With the ABIs of the same names, or without any. */
static void make(struct pair *pair, const char *old_name, const char *new_name, bool abis)
{
	const char *const names[] = {old_name, new_name};
	struct hvc_diff_config config = {.jobs = 2};
	struct hvc_diag diag = {0};
	enum hvc_status status;

	for (int side = 0; side < HVC_SIDE_COUNT; side++) {
		pair->subject[side] = open_subject(names[side]);
		pair->abi[side] = abis ? open_abi(names[side]) : NULL;
		config.subject[side] = pair->subject[side];
		config.abi[side] = pair->abi[side];
	}
	status = hvc_diff_run(&config, &diag, &pair->diff);
	ck_assert_msg(status == HVC_OK, "%s: %s", old_name, diag.message);
}

static void drop(struct pair *pair)
{
	hvc_diff_free(pair->diff);
	for (int side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_abi_free(pair->abi[side]);
		hvc_subject_close(pair->subject[side]);
	}
}

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
	        {"call_hyp", {"hvc #0", NULL}, {"return, x17 := 0x16, x18 := imm", NULL}},
	        {"get_vectors",
	         {"hvc #1", "x0 = 0"},
	         {"return, x0 := vbar_el2, x17 := 0x16, x18 := imm",
	          "return, x0 := vbar_el2, x30 := 0x16"}},
	        {"set_vectors",
	         {"hvc #2", "x0 = 1"},
	         {"return, x17 := 0x16, x18 := imm, vbar_el2 := x0",
	          "return, x30 := 0x16, vbar_el2 := x1"}},
	        {"call_func",
	         {"hvc #4, x0 = 0x400001c000", NULL},
	         {"return, x0 := function(x1, x2, x3), x1 := x2, x2 := x3, x17 := 0x16, "
	          "x18 := x30",
	          NULL}},
	        {"unknown",
	         {"anything else", "x0 = 0x2-0xffffffffffffffff"},
	         {"return, x17 := 0x16, x18 := imm", "return, x0 := 0x2, x30 := 0x16"}},
	};

	ck_assert_uint_eq(diff->operations, sizeof rows / sizeof *rows);
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
		}
	}
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

	ck_assert_uint_eq(diff->meetings, sizeof rows / sizeof *rows);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned asked = find_operation(diff, rows[i].asked), found = 0;

		for (unsigned k = 0; k < diff->meetings; k++) {
			const struct hvc_meeting *meeting = &diff->meeting[k];

			if (meeting->operation != asked || strcmp(meeting->rule_new, rows[i].got))
				continue;
			found++;
			ck_assert_uint_eq(meeting->imm, rows[i].imm);
			ck_assert_int_eq(meeting->silent, rows[i].silent);
			ck_assert(!meeting->same);
			ck_assert_uint_gt(meeting->calls, 0);
			if (rows[i].x0_known)
				ck_assert_uint_eq(meeting->value, rows[i].x0);
		}
		ck_assert_msg(found == 1, "%s met as %s: %u times", rows[i].asked, rows[i].got,
		              found);
	}
}

START_TEST(from_the_immediate_to_x0)
{
	struct pair pair;
	const struct hvc_diff *diff;

	make(&pair, "linux-stub-imm", "linux-stub-4.7", true);
	diff = pair.diff;
	check_operations(diff);
	check_meetings(diff);
	ck_assert(has(&diff->touched[HVC_SIDE_OLD], "x17"));
	ck_assert(has(&diff->touched[HVC_SIDE_OLD], "x18"));
	ck_assert(has(&diff->touched[HVC_SIDE_NEW], "x30"));
	ck_assert(!has(&diff->touched[HVC_SIDE_NEW], "x17"));
	ck_assert(!has(&diff->touched[HVC_SIDE_NEW], "x18"));
	/* the scratch registers alone make every call part */
	ck_assert_uint_eq(diff->calls, (uint64_t)diff->map[0]->probes.count * HVC_IMM_COUNT);
	ck_assert_uint_eq(diff->differing, diff->calls);
	ck_assert_uint_eq(diff->immediates_differing, HVC_IMM_COUNT);
	drop(&pair);
}
END_TEST

START_TEST(a_subject_is_equal_to_itself)
{
	static const char *const names[] = {"linux-stub-imm", "linux-stub-4.7"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct pair pair;

		make(&pair, names[i], names[i], true);
		ck_assert_uint_gt(pair.diff->calls, 0);
		ck_assert_uint_eq(pair.diff->changes, 0);
		ck_assert_uint_eq(pair.diff->differing, 0);
		ck_assert_uint_eq(pair.diff->immediates_differing, 0);
		ck_assert_uint_gt(pair.diff->meetings, 0);
		for (unsigned k = 0; k < pair.diff->meetings; k++)
			ck_assert(pair.diff->meeting[k].same && !pair.diff->meeting[k].silent);
		drop(&pair);
	}
}
END_TEST

/* Do two machines part on this call, as far as the caller can see? */
static bool part(const struct hvc_outcome *a, const struct hvc_outcome *b,
                 const struct hvc_regset *present)
{
	bool inside = a->kind == HVC_OUTCOME_SPIN || a->kind == HVC_OUTCOME_FAULT ||
	              a->kind == HVC_OUTCOME_LIMIT || a->kind == HVC_OUTCOME_FORWARD;

	if (a->kind != b->kind || a->level != b->level || a->stores != b->stores ||
	    (!inside && a->pc != b->pc))
		return true;
	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		const struct hvc_reg_info *info = hvc_reg_info((enum hvc_reg)i);

		if (info->class_ != HVC_CLASS_EXCEPTION &&
		    hvc_regset_has(present, (enum hvc_reg)i) &&
		    (a->state.v[i] ^ b->state.v[i]) & info->mask)
			return true;
	}
	return false;
}

/* Every change is one, and together they are all there are. */
START_TEST(witnesses_part)
{
	static const char *const names[][2] = {
	        {"linux-stub-imm", "linux-stub-4.7"},
	        {"linux-stub-4.7", "linux-stub-4.12"},
	        {"linux-kvm-imm", "broken-lost-register"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_machine *machine[HVC_SIDE_COUNT];
		uint64_t differing = 0;
		struct pair pair;

		make(&pair, names[i][0], names[i][1], false);
		ck_assert_uint_eq(pair.diff->operations, 0);
		ck_assert_uint_eq(pair.diff->meetings, 0);
		ck_assert_uint_gt(pair.diff->changes, 0);
		for (int side = 0; side < HVC_SIDE_COUNT; side++)
			machine[side] = open_machine(pair.subject[side], NULL);
		for (unsigned k = 0; k < pair.diff->changes; k++) {
			const struct hvc_region *where = &pair.diff->change[k].where;
			struct hvc_outcome outcome[HVC_SIDE_COUNT];
			struct hvc_call call;

			hvc_map_call(pair.diff->map[0], where->probe, (uint16_t)where->imm[0].lo,
			             &call);
			for (int side = 0; side < HVC_SIDE_COUNT; side++) {
				outcome[side] = make_call(machine[side], &call);
				reset(machine[side]);
			}
			ck_assert_msg(
			        part(&outcome[0], &outcome[1], hvc_machine_present(machine[0])),
			        "%s and %s do the same for change %u", names[i][0], names[i][1], k);
			ck_assert(k == 0 || where->calls <= pair.diff->change[k - 1].where.calls);
			differing += where->calls;
		}
		ck_assert_uint_eq(differing, pair.diff->differing);
		hvc_machine_close(machine[0]);
		hvc_machine_close(machine[1]);
		drop(&pair);
	}
}
END_TEST

START_TEST(sides_may_be_swapped)
{
	struct pair pair, swapped;

	make(&pair, "linux-stub-4.12", "linux-stub-imm", false);
	make(&swapped, "linux-stub-imm", "linux-stub-4.12", false);
	ck_assert_uint_eq(pair.diff->calls, swapped.diff->calls);
	ck_assert_uint_eq(pair.diff->differing, swapped.diff->differing);
	ck_assert_uint_eq(pair.diff->immediates_differing, swapped.diff->immediates_differing);
	ck_assert_uint_eq(pair.diff->changes, swapped.diff->changes);
	for (unsigned i = 0; i < pair.diff->changes; i++)
		ck_assert_uint_eq(pair.diff->change[i].where.calls,
		                  swapped.diff->change[i].where.calls);
	ck_assert_mem_eq(&pair.diff->touched[0], &swapped.diff->touched[1],
	                 sizeof pair.diff->touched[0]);
	drop(&pair);
	drop(&swapped);
}
END_TEST

/*
 * One immediate of 65,536; and 4, CALL_FUNC, where x0 is the address of no function: there x30
 * points into the subject's own code, which is not at the same place.
 */
START_TEST(a_single_immediate_is_found)
{
	struct pair pair;
	unsigned found = 0;

	make(&pair, "linux-stub-imm", "broken-single-imm", false);
	for (unsigned i = 0; i < pair.diff->changes; i++) {
		const struct hvc_region *where = &pair.diff->change[i].where;

		ck_assert_uint_eq(where->imms, 1);
		ck_assert_uint_eq(where->imm[0].lo, where->imm[0].hi);
		if (where->imm[0].lo != 0x4a48) {
			ck_assert_uint_eq(where->imm[0].lo, 4);
			continue;
		}
		found++;
		ck_assert_uint_eq(where->calls, pair.diff->map[0]->probes.count);
		ck_assert_uint_eq(where->spans, 0);
	}
	ck_assert_uint_eq(found, 1);
	ck_assert_uint_eq(pair.diff->immediates_differing, 2);
	drop(&pair);
}
END_TEST

static const struct suite_test tests[] = {
        {"from_the_immediate_to_x0", &from_the_immediate_to_x0},
        {"a_subject_is_equal_to_itself", &a_subject_is_equal_to_itself},
        {"witnesses_part", &witnesses_part},
        {"sides_may_be_swapped", &sides_may_be_swapped},
        {"a_single_immediate_is_found", &a_single_immediate_is_found},
};

SUITE_MAIN("diff", tests)
