/* SPDX-License-Identifier: MIT */
/* The sequences that specifications state: what their text means, and that it is held to. */
#include "abi/property.h"

#include "abi/expr.h"
#include "engine/sequence.h"
#include "under_test.h"

static struct hvc_sequences *try(const struct hvc_subject *subject, const struct hvc_abi *abi)
{
	const struct hvc_sequence_config config = {.subject = subject, .abi = abi};
	struct hvc_sequences *sequences = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_sequences__try(&config, &diag, &sequences);

	ck_assert_msg(status == HVC_OK, "%s:%u: %s", diag.file, diag.line, diag.message);
	return sequences;
}

static struct hvc_abi *parse(const char *sequences)
{
	struct hvc_diag diag = {0};
	struct hvc_abi *abi = NULL;
	char text[4096];
	int size = snprintf(
	        text, sizeof text,
	        "abi: stub\ntitle: t\nsource: s\ncallers: el1h\nclobbers: lr\nrules:\n"
	        "  - { name: get, when: { x0: 0 }, outcome: return, results: { x0: vbar_el2 } }\n"
	        "  - { name: set, when: { x0: 1 }, outcome: return, results: { vbar_el2: x1 } }\n"
	        "  - { name: rest, default: true, outcome: return, results: { x0: 2 } }\n%s",
	        sequences);

	ck_assert_msg(hvc_abi_parse(text, (size_t)size, "inline", &diag, &abi) == HVC_OK,
	              "%u:%u: %s", diag.line, diag.column, diag.message);
	return abi;
}

/* What is written is what is loaded. */
TEST(properties_are_loaded_as_written)
{
	struct hvc_abi *abi = parse("sequences:\n"
	                            "  - name: first\n"
	                            "    title: t1\n"
	                            "    source: s1\n"
	                            "    unconfirmed: true\n"
	                            "    variables: [{ name: v, values: \"1, 4-6\" }]\n"
	                            "    calls:\n"
	                            "      - { rule: set, x1: v, imm: 7, times: 3 }\n"
	                            "      - { rule: get, saves: { vbar_el2: w, x3: z } }\n"
	                            "      - { rule: rest, x0: 9, outcome: jump, at: w + 4,\n"
	                            "          gives: { w2: z }, state: 2 }\n"
	                            "  - { name: second, calls: [{ rule: get, state: kept }] }\n");
	const struct hvc_property *p = hvc_abi_property__at(abi, 0);
	const uint64_t values[] = {1, 0x800, 3};
	const struct hvc_context context = {NULL, NULL};
	struct hvc_expr bound;

	ck_assert_uint_eq(hvc_abi_property__count(abi), 2);
	ck_assert_ptr_null(hvc_abi_property__at(abi, 2));
	ck_assert_str_eq(p->name, "first");
	ck_assert_str_eq(p->title, "t1");
	ck_assert_str_eq(p->source, "s1");
	ck_assert(p->unconfirmed);
	ck_assert_uint_eq(p->worlds, 1);
	ck_assert_uint_eq(p->variables, 3);
	ck_assert_int_eq(p->variable[0].domain, HVC_DOMAIN_VALUES);
	ck_assert_uint_eq(p->variable[0].intervals, 2);
	ck_assert_str_eq(p->variable[2].name, "z");
	ck_assert_int_eq(p->variable[2].domain, HVC_DOMAIN_SAVED);
	ck_assert_uint_eq(p->calls, 3);
	ck_assert_uint_eq(p->call[0].rule, 1);
	ck_assert_uint_eq(p->call[0].times, 3);
	ck_assert(p->call[0].has_imm && !p->call[1].has_imm);
	ck_assert_uint_eq(p->call[0].imm, 7);
	ck_assert_uint_eq(p->call[0].sets, 1);
	ck_assert_uint_eq(p->call[1].saves, 2);
	ck_assert_uint_eq(p->call[1].save[1].variable, 2);
	ck_assert_int_eq(p->call[1].outcome, HVC_OUTCOME_COUNT);
	ck_assert_int_eq(p->call[2].outcome, HVC_OUTCOME_JUMP);
	ck_assert_int_eq(p->call[2].same, HVC_SAME_CALL);
	ck_assert_uint_eq(p->call[2].same_as, 1);
	ck_assert_uint_eq(p->call[2].gives[0].mask, UINT32_MAX);
	ck_assert_int_eq(p->call[2].gives[0].reg, HVC_REG_X0 + 2);
	hvc_expr__bind(&p->call[2].at, values, &bound);
	ck_assert_uint_eq(hvc_expr__eval(&bound, &context), 0x804);
	p = hvc_abi_property__at(abi, 1);
	ck_assert_str_eq(p->source, "s");
	ck_assert_str_eq(p->title, "");
	ck_assert_int_eq(p->call[0].same, HVC_SAME_KEPT);
	ck_assert_uint_eq(p->call[0].times, 1);
	hvc_abi_free(abi);
}

/* What is stated and is not so is found, by the call and the clause that say it. */
TEST(wrong_statements_are_found)
{
	static const struct {
		const char *calls;
		enum hvc_clause clause; /* HVC_CLAUSE_NONE: it holds */
		enum hvc_reg reg;
		unsigned steps;
	} cases[] = {
	        {"{ rule: set, x1: v }, { rule: get, gives: { x0: v } }", 0, 0, 0},
	        {"{ rule: set, x1: v }, { rule: get, gives: { x0: w } }", HVC_CLAUSE_RESULT,
	         HVC_REG_X0, 2},
	        {"{ rule: set, x1: v }, { rule: get, gives: { w0: w } }", HVC_CLAUSE_RESULT,
	         HVC_REG_X0, 2},
	        {"{ rule: set, x1: v }, { rule: get, gives: { x0: v - 1 } }", HVC_CLAUSE_RESULT,
	         HVC_REG_X0, 2},
	        {"{ rule: get, saves: { x0: a } }, { rule: set, x1: v }, "
	         "{ rule: get, gives: { x0: a } }",
	         HVC_CLAUSE_RESULT, HVC_REG_X0, 3},
	        {"{ rule: get, saves: { x0: a } }, { rule: set, x1: v }, "
	         "{ rule: set, x1: a, state: start }",
	         0, 0, 0},
	        {"{ rule: get, outcome: spin }", HVC_CLAUSE_OUTCOME, HVC_REG_NONE, 1},
	        {"{ rule: get, at: return }, { rule: get, at: self }", HVC_CLAUSE_ADDRESS,
	         HVC_REG_NONE, 2},
	        {"{ rule: set, x1: v, state: kept }", HVC_CLAUSE_PRESERVE, HVC_REG_VBAR_EL2, 1},
	        {"{ rule: get, times: 2, state: kept }, { rule: set, x1: v, state: start }",
	         HVC_CLAUSE_PRESERVE, HVC_REG_VBAR_EL2, 3},
	        {"{ rule: set, x1: v }, { rule: set, x1: w }, { rule: get, state: 1 }",
	         HVC_CLAUSE_PRESERVE, HVC_REG_VBAR_EL2, 3},
	        {"{ rule: set, x1: v }, { rule: set, x1: w }, { rule: get, state: 2 }", 0, 0, 0},
	        {"{ rule: get, x5: n, gives: { x5: n + 1 } }", HVC_CLAUSE_RESULT, HVC_REG_X0 + 5,
	         1},
	        /* the vectors that take over decide: only what is stated is asked of them */
	        {"{ rule: set, x1: 0x4000018000 }, { rule: get }", 0, 0, 0},
	        {"{ rule: set, x1: 0x4000018000 }, { rule: get, outcome: return }",
	         HVC_CLAUSE_OUTCOME, HVC_REG_NONE, 2},
	};
	struct hvc_subject *subject = open_subject("linux-stub-4.7");

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct hvc_sequence_property *row;
		struct hvc_sequences *sequences;
		struct hvc_abi *abi;
		char text[1024];

		snprintf(text, sizeof text,
		         "sequences:\n  - name: s\n    variables: [{ name: v, values: vectors }, "
		         "{ name: w, values: vectors }, { name: n, values: 5-9 }]\n"
		         "    calls: [%s]\n",
		         cases[i].calls);
		abi = parse(text);
		sequences = try(subject, abi);
		row = &sequences->property[0];
		ck_assert_uint_eq(sequences->properties, 1);
		ck_assert_msg(row->broken == (cases[i].clause != HVC_CLAUSE_NONE), "%s",
		              cases[i].calls);
		ck_assert_uint_eq(sequences->broken, row->broken);
		if (row->broken) {
			ck_assert(row->failure.stated);
			ck_assert_int_eq(row->failure.verdict.clause, cases[i].clause);
			ck_assert_int_eq(row->failure.verdict.reg, cases[i].reg);
			ck_assert_uint_eq(row->failure.steps, cases[i].steps);
		}
		hvc_sequences__free(sequences);
		hvc_abi_free(abi);
	}
	hvc_subject_close(subject);
}

/* A call that is stated is judged by its rule as well. */
TEST(stated_calls_keep_to_their_rules)
{
	struct hvc_subject *subject = open_subject("linux-stub-4.9"); /* answers 3 */
	struct hvc_abi *abi = parse("sequences:\n  - name: s\n    calls: [{ rule: rest }]\n");
	struct hvc_sequences *sequences = try(subject, abi);

	ck_assert(sequences->property[0].broken);
	ck_assert(!sequences->property[0].failure.stated);
	ck_assert_uint_eq(sequences->property[0].failure.verdict.actual, 3);
	ck_assert_uint_eq(sequences->property[0].failure.verdict.expected, 2);
	hvc_sequences__free(sequences);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

TEST(a_call_of_another_rule_is_refused)
{
	struct hvc_subject *subject = open_subject("linux-stub-4.7");
	struct hvc_abi *abi =
	        parse("sequences:\n  - name: s\n    variables: [{ name: v, values: 1 }]\n"
	              "    calls:\n      - { rule: get }\n"
	              "      - { rule: get, x0: v }\n");
	const struct hvc_sequence_config config = {.subject = subject, .abi = abi};
	struct hvc_sequences *sequences = NULL;
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_sequences__try(&config, &diag, &sequences), HVC_E_FORMAT);
	ck_assert_ptr_null(sequences);
	ck_assert_uint_eq(diag.line, 15);
	ck_assert_uint_eq(diag.column, 9);
	ck_assert_ptr_nonnull(strstr(diag.message, "call 2"));
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* "state: kept" is all that a call may leave behind: every register that holds between calls. */
TEST(a_state_is_every_register)
{
	struct hvc_subject *subject = open_subject("linux-stub-4.7");
	struct hvc_abi *abi = open_abi("linux-stub-4.7");
	const struct hvc_sequence_config config = {.subject = subject, .abi = abi};
	struct hvc_player player;
	struct hvc_world world;
	struct hvc_diag diag = {0};

	hvc_world_init(&world, HVC_CPU_MAX);
	ck_assert_int_eq(hvc_player__open(&config, &world, 0, &diag, &player), HVC_OK);
	ck_assert_int_eq(hvc_player__begin(&player, &diag), HVC_OK);
	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		const enum hvc_reg reg = (enum hvc_reg)i;
		const struct hvc_reg_info *info = hvc_reg_info(reg);
		struct hvc_state other = player.state;
		bool counts = (info->class_ == HVC_CLASS_SP || info->class_ == HVC_CLASS_SYS) &&
		              reg != HVC_REG_SCR_EL3 &&
		              hvc_regset_has(hvc_machine_present(player.machine), reg);

		other.v[i] ^= info->mask & -info->mask;
		ck_assert_msg(hvc_player__differs(&player, &player.state, &other) ==
		                      (counts ? reg : HVC_REG_NONE),
		              "%s", hvc_reg_name(reg));
	}
	hvc_player__close(&player);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

SUITE_MAIN("property")
