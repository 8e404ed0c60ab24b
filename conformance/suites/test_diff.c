/* SPDX-License-Identifier: MIT */
/*
 * Diffs: subjects are equal for every input, or part in just the calls in which their code was
 * made to part (conformance/subjects/variants.S).
 */
#include "engine/differ.h"
#include "engine/saved.h"
#include "hvcheck/arch.h"
#include "pair.h"

TEST(other_instructions_may_be_equal_for_every_input)
{
	struct pair pair;

	make_variants(&pair, "base", "same");
	for (unsigned i = 0; i < pair.diff->changes; i++)
		ck_abort_msg("%s: %s", pair.diff->change[i].when, pair.diff->change[i].what);
	ck_assert(pair.diff->equal);
	ck_assert_uint_eq(pair.diff->gaps, 0);
	ck_assert_uint_eq(pair.diff->callers, ANYONE);
	ck_assert_uint_gt(pair.diff->rows[HVC_SIDE_OLD], 0);
	ck_assert_uint_gt(pair.diff->rows[HVC_SIDE_NEW], 0);
	drop(&pair);
}

/* What differs from `base`, and nothing else does. */
static const struct variant {
	const char *name;
	unsigned callers;
	const char *when, *unless, *what;
	uint64_t x0, x1; /* of the call that shows it; x1 0: as in any call */
} variants[] = {
        {"one_value", ANYONE, "x0 = 1, x1 = 0x123456789abcdef0, x1 + x2 != 0", NULL, "x0", 1,
         0x123456789abcdef0},
        {"only_smc", SMCS, "x0 = 7", NULL, "x0", 7, 0},
        {"only_el1t", HVC_EL1T | SMC_EL1T, "x0 = 7", NULL, "x0", 7, 0},
        {"upper_half", ANYONE, "x0 not in 1-2, w0 = 1, x1 + x2 != 0xffffffffffffffff", NULL, "x0",
         0x100000001, 0},
        {"store_value", ANYONE, "x0 = 2", NULL, "store 1", 2, 0},
        {"store_place", ANYONE, "x0 = 2", NULL, "store 1", 2, 0},
        {"store_size", ANYONE, "x0 = 2", NULL, "store 1", 2, 0},
        {"store_count", ANYONE, "x0 = 2", NULL, "number of stores", 2, 0},
        {"level", HVC_EL1H | SMC_EL1H, "x0 = 1", NULL, "level", 1, 0},
        {"target", ANYONE, "x0 = 1", NULL, "outcome", 1, 0},
        {"flags", ANYONE, "x0 = 1", NULL, "nzcv", 1, 0},
        {"system", ANYONE, "x0 = 1", "x1 = tpidr_el2", "tpidr_el2", 1, 0},
        {"untracked", ANYONE, "x0 = 1", "x1 = afsr0_el2", "afsr0_el2", 1, 0},
        {"vector", ANYONE, "x0 = 1", "[sp_el2] = q3, [sp_el2 + 8] = q3.high", "q3, q3.high", 1, 0},
        {"fault", ANYONE, "x0 = 1", NULL, "outcome", 1, 0},
};

TEST_ROWS(a_variant_parts_where_it_was_made_to, variants)
{
	const struct variant *row = &variants[_i];
	const struct hvc_change *change;
	struct hvc_call plain;
	struct pair pair;
	unsigned callers = 0;

	hvc_call_init(&plain, 0);
	make_variants(&pair, "base", row->name);
	ck_assert(!pair.diff->equal);
	ck_assert_uint_eq(pair.diff->gaps, 0);
	ck_assert_uint_gt(pair.diff->changes, 0);
	for (unsigned i = 0; i < pair.diff->changes; i++) {
		change = &pair.diff->change[i];
		callers |= change->callers;
		ck_assert_str_eq(change->when, row->when);
		ck_assert_str_eq(change->what, row->what);
		ck_assert_pstr_eq(change->unless, row->unless);
		ck_assert_str_ne(change->does[HVC_SIDE_OLD], change->does[HVC_SIDE_NEW]);
		ck_assert_uint_eq(change->witness.call.x[0], row->x0);
		ck_assert_uint_eq(change->witness.call.x[1], row->x1 ? row->x1 : plain.x[1]);
		ck_assert_uint_eq(change->witness.call.x[2], plain.x[2]);
		ck_assert_msg(change->witness.made, "%s", change->witness.why);
	}
	ck_assert_uint_eq(callers, row->callers);
	drop(&pair);
	/* And the other way round. */
	make_variants(&pair, row->name, "base");
	ck_assert_uint_gt(pair.diff->changes, 0);
	ck_assert_str_eq(pair.diff->change[0].what, row->what);
	drop(&pair);
}

/* HVC comes back behind the instruction, SMC to it: at most two changes, which are alike. */
static void assert_all(const struct pair *pair, const char *when, const char *unless,
                       const char *what)
{
	ck_assert_uint_gt(pair->diff->changes, 0);
	ck_assert_uint_le(pair->diff->changes, 2);
	for (unsigned i = 0; i < pair->diff->changes; i++) {
		ck_assert_str_eq(pair->diff->change[i].when, when);
		ck_assert_pstr_eq(pair->diff->change[i].unless, unless);
		ck_assert_str_eq(pair->diff->change[i].what, what);
	}
}

TEST(the_order_of_stores_is_compared)
{
	struct pair pair;

	make_variants(&pair, "store_first", "store_second");
	assert_all(&pair, "always", "x2 = x3", "store 1, store 2");
	drop(&pair);
}

TEST(faults_are_told_apart_by_their_class)
{
	struct pair pair;

	make_variants(&pair, "fault", "other_fault");
	assert_all(&pair, "x0 = 1", NULL, "esr");
	drop(&pair);
	make_variants(&pair, "fault", "fault");
	ck_assert(pair.diff->equal);
	drop(&pair);
	/* and by the address that faults */
	make_variants(&pair, "stray_1", "stray_2");
	assert_all(&pair, "x0 = 1", NULL, "far");
	drop(&pair);
}

TEST(ends_are_told_apart_by_their_address)
{
	struct pair pair;

	make_variants(&pair, "further", "furthest");
	assert_all(&pair, "x0 = 1", NULL, "target");
	drop(&pair);
	make_variants(&pair, "further", "further");
	ck_assert(pair.diff->equal);
	drop(&pair);
}

/* Maps of which one knows a caller more: the same for all others is not equal. */
TEST(callers_of_one_side_are_told)
{
	const unsigned one = 1u << HVC_LEVEL_EL1H, both = one | 1u << HVC_LEVEL_EL1T;
	struct hvc_subject *subject = open_subject("linux-stub-4.12");
	const unsigned levels[][2] = {{one, both}, {both, one}, {both, both}, {one, both - one}};

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		const struct hvc_diff_config config = {
		        .saved = {save(subject, levels[i][0]), save(subject, levels[i][1])},
		        .brief = true};
		struct hvc_diff *diff = NULL;
		struct hvc_diag diag = {0};

		if (levels[i][0] & levels[i][1]) {
			ck_assert_int_eq(hvc_diff__run(&config, &diag, &diff), HVC_OK);
			ck_assert_uint_eq(diff->changes, 0);
			ck_assert_int_eq(diff->equal, levels[i][0] == levels[i][1]);
			ck_assert_int_eq(diff->gaps > 0, levels[i][0] != levels[i][1]);
			hvc_diff__free(diff);
		} else {
			ck_assert_int_eq(hvc_diff__run(&config, &diag, &diff), HVC_E_ARG);
		}
		hvc_exact__free((struct hvc_exact *)config.saved[0]);
		hvc_exact__free((struct hvc_exact *)config.saved[1]);
	}
	hvc_subject_close(subject);
}

/* What is not known is never equal. */
TEST(what_is_not_followed_is_not_equal)
{
	static const char *const names[][2] = {{"base", "unfollowed"}, {"unfollowed", "base"}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct pair pair;

		make_variants(&pair, names[i][0], names[i][1]);
		ck_assert(!pair.diff->equal);
		ck_assert_uint_eq(pair.diff->changes, 0);
		ck_assert_uint_gt(pair.diff->gaps, 0);
		ck_assert_uint_eq(pair.diff->gap[0].callers, ANYONE);
		ck_assert_msg(strstr(pair.diff->gap[0].text, "unfollowed"), "%s",
		              pair.diff->gap[0].text);
		drop(&pair);
	}
}

/* But for the same code in the same memory. */
TEST(what_is_not_followed_is_equal_to_itself)
{
	struct pair pair;

	make_variants(&pair, "unfollowed", "unfollowed");
	ck_assert(pair.diff->equal);
	drop(&pair);
}

/*
 * Handlers that a table chose are followed as far as they come to an end. One that does not is
 * compared with nothing, also where the other side's was followed; what has none is.
 */
TEST(handlers_are_compared)
{
	static const struct {
		const char *old, *new;
		unsigned changes;
		const char *when; /* of the first change */
		bool doors;
	} rows[] = {
	        {"entered", "entered_same", 0, NULL, true},
	        {"entered", "entered_other", 2, "x0 = 0", true},
	        {"entered", "entered_short", 0, NULL, true},
	        {"entered_short", "entered", 0, NULL, true},
	        {"entered_short", "entered_none", 4, "x0 = 0", false},
	        {"entered", "entered_none", 4, "x0 = 0", true},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair pair;

		make_variants(&pair, rows[i].old, rows[i].new);
		ck_assert_msg(pair.diff->changes == rows[i].changes, "%s and %s: %u changes",
		              rows[i].old, rows[i].new, pair.diff->changes);
		if (rows[i].when)
			ck_assert_msg(strstr(pair.diff->change[0].when, rows[i].when), "%s",
			              pair.diff->change[0].when);
		ck_assert(!pair.diff->equal);
		for (unsigned g = 0; g < pair.diff->gaps; g++)
			ck_assert_msg(strstr(pair.diff->gap[g].text,
			                     "counts_down, whose code is not compared"),
			              "%s", pair.diff->gap[g].text);
		ck_assert_int_eq(pair.diff->gaps > 0, rows[i].doors);
		drop(&pair);
	}
}

static size_t see_another(struct hvc_differ *d, struct hvc_aspect *out, size_t count)
{
	out[count] = (struct hvc_aspect){"x0", hvc_bv__num(d->terms, 1, 1), true};
	return count + 1;
}

/* What the machines do not show is hvcheck's own fault. */
TEST(a_difference_that_is_not_there_is_not_believed)
{
	struct hvc_subject *subject = open_subject("linux-stub-4.12");
	const struct hvc_diff_config config = {.subject = {subject, subject}, .brief = true};
	struct hvc_diff *diff = NULL;
	struct hvc_diag diag = {0};

	hvc_differ__trial = see_another;
	ck_assert_int_eq(hvc_diff__run(&config, &diag, &diff), HVC_E_ENGINE);
	hvc_differ__trial = NULL;
	ck_assert_ptr_null(diff);
	ck_assert_msg(strstr(diag.message, "a fault of hvcheck"), "%s", diag.message);
	hvc_subject_close(subject);
}

/* The same symbol of two files. */
TEST(a_symbol_that_moved_is_the_same)
{
	struct hvc_diff_config config = {.brief = true};
	struct pair pair = {.abi = {NULL, NULL}};
	const char *const names[] = {"variants", "hazards"};
	char path[512];

	for (int side = 0; side < HVC_SIDE_COUNT; side++) {
		snprintf(path, sizeof path, "%s/subjects/%s.elf@moved_code", HVC_BINARY_DIR,
		         names[side]);
		pair.subject[side] = open_subject(path);
	}
	make_with(&pair, &config);
	ck_assert_str_ne(hvc_subject_name(pair.subject[0]), hvc_subject_name(pair.subject[1]));
	ck_assert(pair.diff->equal);
	drop(&pair);
}

/* An address in the image is where its symbol is, or the same distance from the vectors. */
TEST(addresses_are_compared_by_symbol)
{
	struct pair pair;

	make_variants(&pair, "own_address", "own_address");
	ck_assert(pair.diff->equal);
	drop(&pair);
	make_variants(&pair, "own_address", "other_address");
	assert_all(&pair, "always", NULL, "x0");
	drop(&pair);
}

TEST(a_subject_is_equal_to_itself)
{
	static const char *const names[] = {"linux-stub-imm", "linux-stub-4.7", "jailhouse"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct pair pair;

		make(&pair, names[i], names[i], true);
		ck_assert(pair.diff->equal);
		ck_assert_uint_gt(pair.diff->migrations, 0);
		for (unsigned k = 0; k < pair.diff->migrations; k++)
			ck_assert(pair.diff->migration[k].same && !pair.diff->migration[k].silent);
		for (unsigned k = 0; k < pair.diff->operations; k++)
			ck_assert_str_eq(pair.diff->operation[k].change, "");
		drop(&pair);
	}
}

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

TEST(witnesses_part)
{
	static const char *const names[][2] = {
	        {"linux-stub-imm", "linux-stub-4.7"},
	        {"linux-stub-4.7", "linux-stub-4.12"},
	        {"linux-kvm-imm", "broken-lost-register"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct pair pair;

		make(&pair, names[i][0], names[i][1], false);
		ck_assert_uint_eq(pair.diff->operations, 0);
		ck_assert_uint_eq(pair.diff->migrations, 0);
		ck_assert_uint_gt(pair.diff->changes, 0);
		for (unsigned k = 0; k < pair.diff->changes; k++) {
			const struct hvc_witness *witness = &pair.diff->change[k].witness;
			struct hvc_outcome outcome[HVC_SIDE_COUNT];
			struct hvc_machine *machine = NULL;
			bool parts;

			ck_assert_msg(witness->made, "%s", witness->why);
			for (int side = 0; side < HVC_SIDE_COUNT; side++) {
				hvc_machine_close(machine);
				machine = open_machine(pair.subject[side], witness->world[side]);
				outcome[side] = make_call(machine, &witness->call);
			}
			parts = part(&outcome[0], &outcome[1], hvc_machine_present(machine));
			hvc_machine_close(machine);
			ck_assert_msg(parts, "%s and %s do the same for change %u", names[i][0],
			              names[i][1], k);
		}
		drop(&pair);
	}
}

TEST(sides_may_be_swapped)
{
	struct pair pair, swapped;

	make(&pair, "linux-stub-4.12", "linux-stub-imm", false);
	make(&swapped, "linux-stub-imm", "linux-stub-4.12", false);
	ck_assert_uint_eq(pair.diff->changes, swapped.diff->changes);
	ck_assert_mem_eq(&pair.diff->touched[0], &swapped.diff->touched[1],
	                 sizeof pair.diff->touched[0]);
	drop(&pair);
	drop(&swapped);
}

/*
 * One immediate of 65,536; and 4, CALL_FUNC, where x30 points into the subject's own code, which
 * is not at the same distance from its vectors.
 */
TEST(a_single_immediate_is_found)
{
	struct pair pair;
	unsigned found = 0;

	make(&pair, "linux-stub-imm", "broken-single-imm", false);
	for (unsigned i = 0; i < pair.diff->changes; i++) {
		const struct hvc_change *change = &pair.diff->change[i];

		if (change->witness.call.imm == 0x4a48) {
			found++;
			ck_assert_str_eq(change->when, "imm = 0x4a48");
		} else {
			ck_assert_str_eq(change->when, "imm = 4");
			ck_assert_str_eq(change->what, "x30");
		}
	}
	ck_assert_uint_eq(found, 1);
	drop(&pair);
}

SUITE_MAIN("diff")
