/* SPDX-License-Identifier: MIT */
/**
 * Idioms of dispatch, one small subject each (conformance/subjects): exactly these paths, with
 * these conditions and results, and the machine agrees on each.
 */
#include <stdlib.h>

#include "symbolic/symbolic.h"
#include "under_test.h"

#define ROWS_MAX 16u

/** A path: condition, how it ends, x0, as text; in any order. */
struct row {
	const char *condition, *end, *x0;
};

static const struct subject {
	const char *name;
	struct row row[ROWS_MAX];
} subjects[] = {
        {"jump-table",
         {{"w0 in 0, 2", "return", "0xa"},
          {"w0 = 1", "return", "0xb"},
          {"w0 = 3", "return", "0xc"},
          {"w0 = 4", "return", "-1"},
          {"w0 >= 5", "return", "-1"}}},
        {"pointer-table",
         {{"x0 in 0x100, 0x103", "return", "1"},
          {"x0 = 0x101", "return", "-1"},
          {"x0 = 0x102", "return", "9"},
          {"x0 not in 0x100-0x103", "return", "-1"}}},
        {"binary-search",
         {{"w0 = 0x10", "return", "0"},
          {"w0 = 0x20", "return", "1"},
          {"w0 = 0x84000000", "return", "2"},
          {"w0 = 0x84000001", "return", "3"},
          {"w0 = 0x84000008", "return", "4"},
          {"w0 = 0xc4000001", "return", "5"},
          {"w0 = 0xc4000003", "return", "6"},
          {"w0 <= 0xf", "return", "-1"},
          {"w0 in 0x11-0x1f", "return", "-1"},
          {"w0 in 0x21-0x83ffffff", "return", "-1"},
          {"w0 in 0x84000002-0x84000007", "return", "-1"},
          {"w0 in 0x84000009-0xc4000000", "return", "-1"},
          {"w0 = 0xc4000002", "return", "-1"},
          {"w0 >= 0xc4000004", "return", "-1"}}},
        {"tbz-chain",
         {{"imm & 1 != 0, imm & 8 = 0", "return", "1"},
          {"imm & 1 = 0, imm >= 0x8000", "return", "2"},
          {"imm & 1 != 0, imm & 8 != 0", "return", "3"},
          {"imm & 1 = 0, imm <= 0x7fff", "return", "4"}}},
        {"ccmp-chain",
         {{"x0 = 5, x1 = 2, w2 = w3", "return", "7"},
          {"(x0 != 5 or x1 != 2) or w2 != w3", "return", "if(x0 = 1 or x1 = 9, 1, 0)"}}},
        {"signed-range",
         {{"w0 in 3-0x7fffffff", "return", "0"},
          {"w0 in 0x80000000-0xfffffffc", "return", "0"},
          {"w0 not in 3-0xfffffffc", "return", "1"}}},
        {"mask",
         {{"x0 & 0xfffeffff = 0xc600000b", "return", "1"},
          {"x0 & 0xfffeffff != 0xc600000b", "return", "0"}}},
        {"two-selectors-fault",
         {{"(w1 | x0 >> 0x20) << 0x20 | w0 = 0x700000005", "return", "1"},
          {"(w1 | x0 >> 0x20) << 0x20 | w0 != 0x700000005, x0 + x1 = 0x64", "return", "2"},
          {"(w1 | x0 >> 0x20) << 0x20 | w0 != 0x700000005, x0 + x1 != 0x64", "return", "0"}}},
        {"one-value-fault",
         {{"x0 = 0xd32d715d7b6cbe4c", "return", "1"}, {"x0 != 0xd32d715d7b6cbe4c", "return", "0"}}},
        {"infinite-loop", {{"imm = 0x77", "spin", NULL}, {"imm != 0x77", "return", "0"}}},
        {"digits",
         {{"imm <= 0xf", "return", NULL},
          {"imm in 0x10-0xff", "return", NULL},
          {"imm in 0x100-0xfff", "return", NULL},
          {"imm >= 0x1000", "return", NULL}}},
        {"caller-memory",
         {{"[x1 + 8] & 0xffffffff = 3", "return", "[x1 + 8]"},
          {"[x1 + 8] & 0xffffffff != 3", "return", "[x1] >> 0x18 & 0xff"}}},
};

struct fixture {
	struct hvc_subject *subject;
	struct hvc_world world;
	struct hvc_symbolic_config config;
	struct hvc_symbolic *s;
};

static void open_fixture(struct fixture *f, const char *name)
{
	char path[512];

	memset(f, 0, sizeof *f);
	snprintf(path, sizeof path, "%s/subjects/%s.elf", HVC_BINARY_DIR, name);
	f->subject = open_subject(path);
	hvc_world_init(&f->world, HVC_CPU_A72);
	f->config = (struct hvc_symbolic_config){.image = hvc_subject_image(f->subject),
	                                         .subject = f->subject,
	                                         .machine = open_machine(f->subject, &f->world),
	                                         .from = HVC_LEVEL_EL1H,
	                                         .closed = true};
}

static void explore(struct fixture *f)
{
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_symbolic__explore(&f->config, &diag, &f->s) == HVC_OK, "%s",
	              diag.message);
}

static void close_fixture(struct fixture *f)
{
	hvc_symbolic__free(f->s);
	hvc_machine_close(f->config.machine);
	hvc_subject_close(f->subject);
}

static void assert_machine_agrees(struct fixture *f, const struct hvc_sympath *path)
{
	struct hvc_symbolic_witness witness;
	struct hvc_diag diag = {0};
	char text[200];
	bool differs;

	ck_assert_int_eq(hvc_symbolic__witness(f->s, path, &f->world, &witness), HVC_OK);
	ck_assert(!witness.changed);
	ck_assert_int_eq(hvc_symbolic__confirm(f->s, path, &witness, f->config.machine, &diag,
	                                       &differs, text, sizeof text),
	                 HVC_OK);
	ck_assert_msg(!differs, "%s", text);
	hvc_symbolic__free_witness(&witness);
}

static void assert_path(struct fixture *f, const struct subject *subject,
                        const struct hvc_sympath *path, bool seen[])
{
	char condition[500], end[300], x0[300];

	hvc_symbolic__print_condition(f->s, path, condition, sizeof condition);
	hvc_symbolic__print_end(f->s, path, end, sizeof end);
	hvc_bv__print(f->s->scene.terms, path->way->x[0], x0, sizeof x0);
	for (unsigned i = 0; i < ROWS_MAX && subject->row[i].condition; i++) {
		const struct row *row = &subject->row[i];

		if (strcmp(row->condition, condition) != 0)
			continue;
		ck_assert_str_eq(end, row->end);
		if (row->x0)
			ck_assert_str_eq(x0, row->x0);
		ck_assert(!seen[i]);
		seen[i] = true;
		return;
	}
	ck_abort_msg("%s: %s: %s, x0 := %s", subject->name, condition, end, x0);
}

TEST_ROWS(subject_has_these_paths, subjects)
{
	const struct subject *subject = &subjects[_i];
	struct hvc_symbolic_proof proof;
	bool seen[ROWS_MAX] = {false};
	struct fixture f;

	open_fixture(&f, subject->name);
	explore(&f);
	ck_assert(f.s->complete);
	hvc_symbolic__prove(f.s, &proof);
	ck_assert_int_eq(proof.disjoint, HVC_ANSWER_YES);
	ck_assert_int_eq(proof.total, HVC_ANSWER_YES);
	for (unsigned p = 0; p < f.s->paths; p++) {
		assert_path(&f, subject, &f.s->path[p], seen);
		assert_machine_agrees(&f, &f.s->path[p]);
	}
	for (unsigned i = 0; i < ROWS_MAX && subject->row[i].condition; i++)
		ck_assert_msg(seen[i], "%s", subject->row[i].condition);
	close_fixture(&f);
}

/* A path too few, one twice, and one whose last choice is none are no partition. */
TEST(a_wrong_partition_is_told)
{
	struct hvc_symbolic_proof proof;
	struct hvc_sympath second;
	struct hvc_choice choice;
	struct hvc_facts *facts;
	struct fixture f;

	open_fixture(&f, subjects[0].name);
	explore(&f);
	ck_assert_uint_gt(f.s->paths, 2);
	f.s->paths--;
	hvc_symbolic__prove(f.s, &proof);
	ck_assert_int_eq(proof.disjoint, HVC_ANSWER_YES);
	ck_assert_int_eq(proof.total, HVC_ANSWER_NO);
	f.s->paths++;

	second = f.s->path[1];
	f.s->path[1] = f.s->path[0];
	hvc_symbolic__prove(f.s, &proof);
	ck_assert_int_eq(proof.disjoint, HVC_ANSWER_NO);
	f.s->path[1] = second;

	facts = &f.s->path[0].way->facts;
	choice = *f.s->path[0].way->choice;
	ck_assert_uint_eq(choice.clauses, (choice.before ? choice.before->clauses : 0) + 1);
	choice.condition = facts->clause[facts->clauses - 1] = hvc_bv__num(f.s->scene.terms, 1, 1);
	f.s->path[0].way->choice = &choice;
	hvc_symbolic__prove(f.s, &proof);
	ck_assert_int_eq(proof.disjoint, HVC_ANSWER_NO);
	close_fixture(&f);
}

TEST(bounds_are_said)
{
	struct fixture f;
	unsigned cut = 0;

	open_fixture(&f, "digits");
	f.config.rounds = 2;
	explore(&f);
	ck_assert(!f.s->complete);
	for (unsigned p = 0; p < f.s->paths; p++)
		if (f.s->path[p].end == HVC_END_BOUND) {
			ck_assert_str_eq(f.s->path[p].why, "a loop that the inputs keep going");
			cut++;
		}
	ck_assert_uint_eq(cut, 1);
	close_fixture(&f);

	open_fixture(&f, "digits");
	f.config.steps = 12;
	explore(&f);
	ck_assert(!f.s->complete);
	close_fixture(&f);

	open_fixture(&f, "binary-search");
	f.config.paths = 4;
	explore(&f);
	ck_assert(!f.s->complete);
	ck_assert_uint_le(f.s->paths, 4);
	close_fixture(&f);
}

/* Spoil the code: an instruction that is not lifted ends its path and no other. */
TEST(what_is_not_lifted_is_said)
{
	struct fixture f;
	struct hvc_image image;
	struct hvc_segment segment[4];
	uint8_t *bytes;
	unsigned unlifted = 0;
	uint64_t handler;

	open_fixture(&f, "mask");
	image = *f.config.image;
	ck_assert_uint_le(image.segments, 4);
	memcpy(segment, image.segment, image.segments * sizeof *segment);
	image.segment = segment;
	bytes = malloc(segment[0].data_size);
	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, segment[0].data, segment[0].data_size);
	segment[0].data = bytes;
	ck_assert_int_eq(hvc_subject_find(f.subject, "handle", &handler), HVC_OK);
	/* fadd d0, d0, d0 in the place of the last mov x0, #1 of the two answers */
	memcpy(bytes + (handler - segment[0].address) + 28, &(uint32_t){0x1e602800}, 4);
	f.config.image = &image;
	explore(&f);
	ck_assert(!f.s->complete);
	for (unsigned p = 0; p < f.s->paths; p++) {
		char text[200];

		if (f.s->path[p].end != HVC_END_UNLIFTED)
			continue;
		unlifted++;
		hvc_symbolic__print_end(f.s, &f.s->path[p], text, sizeof text);
		ck_assert_str_eq(text, "an instruction that is not lifted at handle+0x1c: "
		                       "fadd d0, d0, d0");
	}
	ck_assert_uint_eq(unlifted, 1);
	ck_assert_uint_eq(f.s->paths, 2);
	close_fixture(&f);
	free(bytes);
}

/* A path's terms made wrong on purpose are found out by the machine. */
TEST(the_machine_finds_a_wrong_term)
{
	struct hvc_symbolic_witness witness;
	struct hvc_diag diag = {0};
	struct fixture f;
	char text[200] = "";
	bool differs = false;

	open_fixture(&f, "mask");
	explore(&f);
	f.s->path[0].way->x[5] = f.s->path[0].way->x[6];
	ck_assert_int_eq(hvc_symbolic__witness(f.s, &f.s->path[0], &f.world, &witness), HVC_OK);
	ck_assert_int_eq(hvc_symbolic__confirm(f.s, &f.s->path[0], &witness, f.config.machine,
	                                       &diag, &differs, text, sizeof text),
	                 HVC_OK);
	ck_assert(differs);
	ck_assert_ptr_nonnull(strstr(text, "x5 is "));
	hvc_symbolic__free_witness(&witness);
	close_fixture(&f);
}

/*
 * Every way into the handlers, and none of the thousand ways through them; which are one where
 * they are followed, since the sides of its branches meet again.
 */
TEST(paths_end_at_the_doors_of_handlers)
{
	static const struct subject wanted = {"handlers",
	                                      {{"x0 = 1", "handoff to with_argument", "x1"},
	                                       {"x0 = 2", "handoff to with_nothing", NULL},
	                                       {"x0 = 3, x1 = 0", "return", "5"},
	                                       {"x0 = 3, x1 != 0", "return", "6"},
	                                       {"x0 not in 1-3", "return", "-1"}}};
	bool seen[ROWS_MAX] = {false};
	struct hvc_symbolic_proof proof;
	struct fixture f;

	open_fixture(&f, "handlers");
	f.config.closed = false;
	f.config.doors = HVC_DOORS_HANDLER;
	explore(&f);
	ck_assert(f.s->complete);
	ck_assert_uint_eq(f.s->paths, 5);
	for (unsigned p = 0; p < f.s->paths; p++)
		assert_path(&f, &wanted, &f.s->path[p], seen);
	hvc_symbolic__prove(f.s, &proof);
	ck_assert_int_eq(proof.disjoint, HVC_ANSWER_YES);
	ck_assert_int_eq(proof.total, HVC_ANSWER_YES);
	close_fixture(&f);

	open_fixture(&f, "handlers");
	f.config.closed = false;
	explore(&f);
	ck_assert(f.s->complete);
	ck_assert_uint_eq(f.s->paths, 4);
	close_fixture(&f);
}

/* SCTLR_EL2: the reset value of every CPU, and EnIA. */
#define SCTLR_SIGNS UINT64_C(0xb0c50830)

/* SCR_EL3 as it is otherwise, and API and APK. */
#define SCR_SIGNS UINT64_C(0x30501)

static void open_signed(struct fixture *f, uint64_t scr)
{
	open_fixture(f, "signed");
	hvc_machine_close(f->config.machine);
	hvc_world_init(&f->world, HVC_CPU_MAX);
	ck_assert_int_eq(hvc_world_set(&f->world, HVC_REG_SCTLR_EL2, SCTLR_SIGNS), HVC_OK);
	ck_assert_int_eq(hvc_world_set(&f->world, HVC_REG_SCR_EL3, scr), HVC_OK);
	f->config.machine = open_machine(f->subject, &f->world);
	f->config.pointer_auth = true;
	explore(f);
}

/* On, what was signed comes back as it was, and by another modifier as nothing that is known. */
TEST(signed_pointers_come_back)
{
	static const struct subject wanted = {
	        "signed",
	        {{"x1 = 0", "return", "2"}, {"x1 in 1, 4-0xffffffffffffffff", "return", "1"}}};
	bool seen[ROWS_MAX] = {false};
	unsigned returned = 0;
	struct fixture f;

	open_signed(&f, SCR_SIGNS);
	ck_assert_uint_eq(f.s->paths, 4);
	for (unsigned p = 0; p < f.s->paths; p++) {
		const struct hvc_sympath *path = &f.s->path[p];
		char text[200];

		if (path->kind == HVC_OUTCOME_RETURN) {
			assert_path(&f, &wanted, path, seen);
			assert_machine_agrees(&f, path);
			returned++;
			continue;
		}
		hvc_bv__print(f.s->scene.terms, path->target, text, sizeof text);
		ck_assert_ptr_nonnull(strstr(text, "autia(pacia("));
	}
	ck_assert_uint_eq(returned, 2);
	close_fixture(&f);

	open_signed(&f, SCR_SIGNS & 0xffff); /* EL3 does not allow it */
	ck_assert_uint_eq(f.s->paths, 1);
	ck_assert_int_eq(f.s->path[0].kind, HVC_OUTCOME_FAULT);
	assert_machine_agrees(&f, &f.s->path[0]);
	close_fixture(&f);
}

SUITE_MAIN("symbolic")
