/* SPDX-License-Identifier: MIT */
/* What changed between ABIs, against what their releases are known to have changed. */
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/abi_diff.h"
#include "shipped.h"

static struct hvc_abi *sides[HVC_SIDE_COUNT];
static struct hvc_abi_diff *diff;

static void run(struct hvc_abi *old, struct hvc_abi *new, bool count)
{
	struct hvc_abi_diff_config config = {.abi = {old, new}};
	struct hvc_subject *subject[HVC_SIDE_COUNT] = {NULL};
	struct hvc_diag diag = {0};

	sides[HVC_SIDE_OLD] = old;
	sides[HVC_SIDE_NEW] = new;
	for (unsigned side = 0; count && side < HVC_SIDE_COUNT; side++) {
		ck_assert_int_eq(hvc_subject_open(hvc_abi_name(sides[side]), &diag, &subject[side]),
		                 HVC_OK);
		config.subject[side] = subject[side];
	}
	ck_assert_msg(hvc_abi_diff__run(&config, &diag, &diff) == HVC_OK, "%s", diag.message);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_subject_close(subject[side]);
}

static void stop(void)
{
	hvc_abi_diff__free(diff);
	hvc_abi_free(sides[HVC_SIDE_OLD]);
	hvc_abi_free(sides[HVC_SIDE_NEW]);
}

static const struct hvc_abi_operation *operation_of(const char *name)
{
	for (unsigned i = 0; i < diff->operations; i++)
		if (!strcmp(diff->operation[i].name, name))
			return &diff->operation[i];
	ck_abort_msg("no operation %s", name);
	return NULL;
}

/* The migration that holds a call: HVC #imm from EL1h with x0, and x1 8-byte aligned. */
static const struct hvc_abi_migration *meeting_of(unsigned imm, uint64_t x0)
{
	struct hvc_call call;
	int rule[HVC_SIDE_COUNT];

	hvc_call_init(&call, 0);
	call.imm = (uint16_t)imm;
	call.x[0] = x0;
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		rule[side] = hvc_abi__rule_of(sides[side], 0, &call);
	for (unsigned i = 0; i < diff->migrations; i++) {
		const struct hvc_overlap *overlap = diff->migration[i].overlap;

		if ((int)overlap->rule[0] == rule[0] && (int)overlap->rule[1] == rule[1])
			return &diff->migration[i];
	}
	return NULL;
}

struct expected {
	unsigned imm;
	uint64_t x0;
	enum hvc_abi_migration_kind kind;
	const char *old, *new;
};

static void expect_meetings(const struct expected *expected, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct expected *e = &expected[i];
		const struct hvc_abi_migration *migration = meeting_of(e->imm, e->x0);

		ck_assert_msg(migration, "hvc #%u, x0 = 0x%llx", e->imm, (unsigned long long)e->x0);
		ck_assert_msg(migration->kind == e->kind, "hvc #%u, x0 = 0x%llx: %s", e->imm,
		              (unsigned long long)e->x0, hvc_abi_migration__name(migration->kind));
		ck_assert_str_eq(migration->rule[HVC_SIDE_OLD]->name, e->old);
		ck_assert_str_eq(migration->rule[HVC_SIDE_NEW]->name, e->new);
		/* The witness is a call of both rules. */
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
			ck_assert_int_eq(hvc_abi__rule_of(sides[side],
			                                  migration->overlap->world[side],
			                                  &migration->overlap->witness),
			                 (int)migration->overlap->rule[side]);
	}
	for (unsigned i = 1; i < diff->migrations; i++)
		ck_assert_int_le(diff->migration[i - 1].kind, diff->migration[i].kind);
}

#define EXPECT(...)                                                               \
	do {                                                                      \
		static const struct expected expected_[] = {__VA_ARGS__};         \
		expect_meetings(expected_, sizeof expected_ / sizeof *expected_); \
	} while (0)

/* The renumbering of 4.12: the two calls of 4.7 mean something else, and nothing says so. */
TEST(the_renumbering_is_silent)
{
	const struct hvc_abi_operation *set;

	run(load("linux-stub-4.7"), load("linux-stub-4.12"), true);
	EXPECT({0, 0, HVC_ABI_MIGRATION_SILENT, "get_vectors", "set_vectors"},
	       {0x1234, 0, HVC_ABI_MIGRATION_SILENT, "get_vectors", "set_vectors"},
	       {0, 1, HVC_ABI_MIGRATION_SILENT, "set_vectors", "soft_restart"},
	       {0, 3, HVC_ABI_MIGRATION_CHANGED, "unknown", "unknown"});
	/* 2 was unknown and is reset_vectors: no call of 4.7 is at stake. */
	ck_assert_ptr_null(meeting_of(0, 2));
	ck_assert(!diff->equal);
	set = operation_of("set_vectors");
	ck_assert(set->moved);
	ck_assert_str_eq(set->use[HVC_SIDE_OLD].how, "x0 = 1");
	ck_assert_str_eq(set->use[HVC_SIDE_NEW].how, "x0 = 0");
	/* The address stays in x1; x1 to x18 may now be used up, and lr is kept. */
	ck_assert_uint_eq(set->use[HVC_SIDE_OLD].arguments.bits[0], 1u << 1);
	ck_assert_uint_eq(set->use[HVC_SIDE_NEW].arguments.bits[0], 1u << 1);
	ck_assert_uint_eq(set->clobbers.bits[0], 0x7fffe);
	ck_assert_ptr_null(operation_of("get_vectors")->use[HVC_SIDE_NEW].rule);
	ck_assert_ptr_null(operation_of("soft_restart")->use[HVC_SIDE_OLD].rule);
	ck_assert_ptr_null(operation_of("reset_vectors")->use[HVC_SIDE_OLD].rule);
	ck_assert_uint_eq(operation_of("soft_restart")->use[HVC_SIDE_NEW].arguments.bits[0],
	                  0xf << 1);
	ck_assert(operation_of("unknown")->unknown);
	stop();
}

/* Instructions are counted where a built-in subject has the ABI's name. */
TEST(instructions_are_counted)
{
	run(load("linux-stub-4.7"), load("linux-stub-4.12"), true);
	for (unsigned i = 0; i < diff->operations; i++)
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
			const struct hvc_abi_use *use = &diff->operation[i].use[side];

			if (!use->rule)
				continue;
			ck_assert_uint_ge(use->instructions, 3);
			ck_assert_uint_le(use->instructions, 32);
		}
	stop();
	run(load("linux-stub-4.7"), load("linux-stub-4.12"), false);
	ck_assert_uint_eq(operation_of("set_vectors")->use[HVC_SIDE_OLD].instructions, 0);
	stop();
}

/* 3.8 has no call numbers: an address in x0 is refused by 4.7, but 1 is taken as a number. */
TEST(addresses_become_numbers)
{
	run(load("linux-stub-3.8"), load("linux-stub-4.7"), false);
	EXPECT({0, 0, HVC_ABI_MIGRATION_SAME, "get_vectors", "get_vectors"},
	       {0, 1, HVC_ABI_MIGRATION_CHANGED, "set_vectors", "set_vectors"},
	       {0, 2, HVC_ABI_MIGRATION_REFUSED, "set_vectors", "unknown"},
	       {0, 0x40000800, HVC_ABI_MIGRATION_REFUSED, "set_vectors", "unknown"},
	       {7, UINT64_MAX, HVC_ABI_MIGRATION_REFUSED, "set_vectors", "unknown"});
	ck_assert(operation_of("set_vectors")->moved);
	ck_assert(operation_of("set_vectors")->changed);
	ck_assert(!operation_of("get_vectors")->moved);
	ck_assert(!operation_of("get_vectors")->changed);
	/* x1 held the exception class, now lr does. */
	ck_assert_uint_eq(operation_of("get_vectors")->clobbers.bits[0], UINT64_C(1) << 30);
	stop();
}

/* From the immediate to x0: where "set vectors" of a pre-2016 caller lands. */
TEST(immediates_become_registers)
{
	run(load("linux-stub-imm"), load("linux-stub-4.7"), false);
	EXPECT({2, 0x40000800, HVC_ABI_MIGRATION_REFUSED, "set_vectors", "unknown"},
	       {2, 0, HVC_ABI_MIGRATION_SILENT, "set_vectors", "get_vectors"},
	       {2, 1, HVC_ABI_MIGRATION_CHANGED, "set_vectors", "set_vectors"},
	       {1, 0, HVC_ABI_MIGRATION_SAME, "get_vectors", "get_vectors"},
	       {1, 1, HVC_ABI_MIGRATION_SILENT, "get_vectors", "set_vectors"},
	       {1, 7, HVC_ABI_MIGRATION_REFUSED, "get_vectors", "unknown"},
	       {4, HVC_FUNCTION, HVC_ABI_MIGRATION_REFUSED, "call_func", "unknown"},
	       {9, 7, HVC_ABI_MIGRATION_CHANGED, "unknown", "unknown"});
	ck_assert_str_eq(operation_of("set_vectors")->use[HVC_SIDE_OLD].how, "hvc #0x2");
	ck_assert_str_eq(operation_of("set_vectors")->use[HVC_SIDE_NEW].how, "x0 = 1");
	ck_assert_ptr_null(operation_of("call_func")->use[HVC_SIDE_NEW].rule);
	stop();
}

/* Callers of AArch64 and of AArch32 state have no call in common, which is said. */
TEST(no_caller_in_common)
{
	struct hvc_abi *a = load("xen"), *b = load("xen-arm32");
	const struct hvc_abi_diff_config config = {.abi = {a, b}};
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_abi_diff__run(&config, &diag, &diff), HVC_E_UNSUPPORTED);
	ck_assert_str_eq(diag.message, "no caller at EL1 is of this ABI and of xen-arm32, and "
	                               "calls of others are not compared");
	ck_assert_str_eq(diag.file, "xen");
	hvc_abi_free(a);
	hvc_abi_free(b);
}

TEST(an_abi_equals_itself)
{
	const char *name, *text;
	unsigned equal = 0;
	size_t size;

	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++) {
		struct hvc_abi *old = NULL, *new = NULL;

		ck_assert_int_eq(hvc_abi_open(name, NULL, &old), HVC_OK);
		equal++;
		ck_assert_int_eq(hvc_abi_open(name, NULL, &new), HVC_OK);
		run(old, new, false);
		ck_assert_msg(diff->equal, "%s", name);
		for (unsigned k = 0; k < diff->migrations; k++)
			ck_assert_int_eq(diff->migration[k].kind, HVC_ABI_MIGRATION_SAME);
		for (unsigned k = 0; k < diff->operations; k++)
			ck_assert(!diff->operation[k].moved && !diff->operation[k].changed);
		stop();
	}
	ck_assert_uint_ge(equal, 77);
}

static struct hvc_abi *parse(const char *rules)
{
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag = {0};
	char text[2048];

	snprintf(text, sizeof text, "abi: a\ntitle: t\nsource: s\nrules:\n%s", rules);
	ck_assert_msg(hvc_abi_parse(text, strlen(text), "a", &diag, &abi) == HVC_OK, "%u:%u: %s",
	              diag.line, diag.column, diag.message);
	return abi;
}

#define RULE(name, when, rest) "- { name: " name ", when: { " when " }, outcome: return" rest " }\n"
#define UNKNOWN(rest)          "- { name: unknown, default: true, outcome: return" rest " }\n"
#define RESULT(text)           ", results: { " text " }"

TEST(kinds_of_meeting)
{
	static const struct {
		const char *old, *new;
		enum hvc_abi_migration_kind kind;
	} rows[] = {
	        /* the same by number, or because the register holds that number already */
	        {RULE("get", "x0: 1", RESULT("x0: 0")), RULE("get", "x0: 1", RESULT("x0: 0")),
	         HVC_ABI_MIGRATION_SAME},
	        {RULE("get", "x0: 1", RESULT("x0: 1")), RULE("get", "x0: 1", ""),
	         HVC_ABI_MIGRATION_SAME},
	        {RULE("get", "x0: 1", RESULT("x1: x0 + 1")), RULE("get", "x0: 1", RESULT("x1: 2")),
	         HVC_ABI_MIGRATION_SAME},
	        {RULE("get", "x0: 1-2", RESULT("x1: x0 + 1")),
	         RULE("get", "x0: 1-2", RESULT("x1: 2")), HVC_ABI_MIGRATION_CHANGED},
	        {RULE("get", "imm: 3", RESULT("x0: imm")), RULE("get", "imm: 3", RESULT("x0: 3")),
	         HVC_ABI_MIGRATION_SAME},
	        /* another operation; another name; another promise; none */
	        {RULE("get", "x0: 1", RESULT("x0: 0")), RULE("set", "x0: 1", RESULT("x0: 2")),
	         HVC_ABI_MIGRATION_SILENT},
	        {RULE("get", "x0: 1", RESULT("x1: vbar_el2")),
	         RULE("fetch", "x0: 1", RESULT("x1: vbar_el2")), HVC_ABI_MIGRATION_RENAMED},
	        /* a number in a register is what any operation may return; a name that the other
	         * side has for something else is no new name */
	        {RULE("get", "x0: 1", RESULT("x0: 0")), RULE("set", "x0: 1", RESULT("x0: 0")),
	         HVC_ABI_MIGRATION_SILENT},
	        {RULE("get", "x0: 1", RESULT("x1: vbar_el2")) RULE("put", "x0: 2", ""),
	         RULE("put", "x0: 1", RESULT("x1: vbar_el2")), HVC_ABI_MIGRATION_SILENT},
	        {RULE("get", "x0: 1", RESULT("x1: vbar_el2")),
	         RULE("put", "x0: 1", RESULT("x1: vbar_el2")) RULE("get", "x0: 2", ""),
	         HVC_ABI_MIGRATION_SILENT},
	        {RULE("get", "x0: 1", RESULT("x0: 0")), RULE("get", "x0: 1", RESULT("x0: 7")),
	         HVC_ABI_MIGRATION_CHANGED},
	        {RULE("get", "x0: 1", RESULT("x0: 0")),
	         "- { name: get, when: { x0: 1 }, outcome: unspecified }\n",
	         HVC_ABI_MIGRATION_NO_PROMISE},
	        {RULE("get", "x0: 1", RESULT("x0: 0")), RULE("get", "x0: 1", ", clobbers: x0"),
	         HVC_ABI_MIGRATION_CHANGED},
	        /* unknown: told by a code, by not coming back; not told by success or silence */
	        {RULE("get", "x0: 1", RESULT("x0: 0")), UNKNOWN(RESULT("x0: -1")),
	         HVC_ABI_MIGRATION_REFUSED},
	        {RULE("get", "x0: 1", RESULT("vbar_el2: x1")), UNKNOWN(RESULT("x0: -1")),
	         HVC_ABI_MIGRATION_REFUSED},
	        {RULE("get", "x0: 1", RESULT("x0: 0, vbar_el2: x1")), UNKNOWN(RESULT("x0: 0")),
	         HVC_ABI_MIGRATION_SILENT},
	        {RULE("get", "x0: 1", RESULT("x0: 0")), UNKNOWN(""), HVC_ABI_MIGRATION_SILENT},
	        {RULE("get", "x0: 1", RESULT("x0: 0")),
	         "- { name: unknown, default: true, outcome: spin }\n", HVC_ABI_MIGRATION_REFUSED},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		char old[512], new[512];
		const struct hvc_abi_migration *migration = NULL;

		snprintf(old, sizeof old, "%s%s", rows[i].old,
		         strstr(rows[i].old, "default") ? "" : UNKNOWN(""));
		snprintf(new, sizeof new, "%s%s", rows[i].new,
		         strstr(rows[i].new, "default") ? "" : UNKNOWN(""));
		run(parse(old), parse(new), false);
		for (unsigned k = 0; k < diff->migrations; k++)
			if (!strcmp(diff->migration[k].rule[HVC_SIDE_OLD]->name, "get"))
				migration = &diff->migration[k];
		ck_assert_msg(migration && migration->kind == rows[i].kind, "row %u: %s", i,
		              migration ? hvc_abi_migration__name(migration->kind) : "none");
		ck_assert(diff->equal == (rows[i].kind == HVC_ABI_MIGRATION_SAME));
		stop();
	}
}

/* Clobbers alone make two ABIs differ, and no call means anything else. */
TEST(clobbers_count)
{
	run(parse(RULE("get", "x0: 1", ", clobbers: x1") UNKNOWN("")),
	    parse(RULE("get", "x0: 1", ", clobbers: x1-x3") UNKNOWN("")), false);
	ck_assert(!diff->equal);
	ck_assert_int_eq(diff->migration[0].kind, HVC_ABI_MIGRATION_SAME);
	ck_assert_uint_eq(operation_of("get")->clobbers.bits[0], 0xc);
	ck_assert(!operation_of("get")->changed);
	stop();
}

/* A call that is there only by name is an operation; the rest of another one's calls is none. */
TEST(named_is_offered)
{
	static const char set[] =
	        "- { name: set, when: { x0: 1, x1: 0 mask 3 }, outcome: return }\n"
	        "- { name: set_odd, when: { x0: 1, x1: 1-3 mask 3 }, outcome: "
	        "unspecified }\n";
	static const char get[] = "- { name: get, when: { x0: 2 }, outcome: unspecified }\n";
	char both[512];

	snprintf(both, sizeof both, "%s%s%s", set, get, UNKNOWN(""));
	run(parse("- { name: set, when: { x0: 1 }, outcome: return }\n" UNKNOWN("")), parse(both),
	    false);
	ck_assert_ptr_null(operation_of("get")->use[HVC_SIDE_OLD].rule);
	ck_assert_ptr_nonnull(operation_of("get")->use[HVC_SIDE_NEW].rule);
	for (unsigned i = 0; i < diff->operations; i++)
		ck_assert_str_ne(diff->operation[i].name, "set_odd");
	stop();
}

SUITE_MAIN("abi_diff")
