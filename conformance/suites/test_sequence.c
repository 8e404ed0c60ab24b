/* SPDX-License-Identifier: MIT */
/*
 * Sequences: what the shipped specifications state holds for their subjects, random sequences
 * conform where single calls do, and each variant of vectors/broken/ that only sequences find is
 * found, by as few calls as its README says.
 */
#include "abi/abi.h"
#include "engine/sequence.h"
#include "hvcheck/arch.h"

#include <stdlib.h>

#include "readme.h"
#include "under_test.h"

/* A row of the README's table of sequences. */
static const struct row {
	const char *variant, *abi, *rule, *clause, *reg, *calls, *stated;
} rows[] = {
        {"broken-seq-set-once", "linux-stub-4.12", "set_vectors", "result", "vbar_el2",
         "set_vectors, set_vectors", "set_again"},
        {"broken-seq-reset-once", "linux-stub-4.12", "reset_vectors", "result", "x0",
         "reset_vectors, reset_vectors", "reset_twice"},
        {"broken-seq-third", "linux-stub-4.12", "unknown", "result", "x0",
         "unknown, unknown, unknown", "unknown_changes_nothing"},
        {"broken-seq-armed", "linux-stub-4.12", "soft_restart", "result", "x0",
         "set_vectors, reset_vectors, soft_restart", "-"},
        {"broken-seq-stale-get", "linux-stub-4.7", "get_vectors", "result", "x0",
         "set_vectors, get_vectors", "get_after_set, set_back"},
};

#define ROWS    (sizeof rows / sizeof *rows)
#define RANDOMS 1000u

static struct hvc_sequences *try_config(const struct hvc_sequence_config *config)
{
	struct hvc_sequences *sequences = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_sequences__try(config, &diag, &sequences);

	ck_assert_msg(status == HVC_OK, "%s: %s:%u: %s", hvc_subject_name(config->subject),
	              diag.file, diag.line, diag.message);
	return sequences;
}

static struct hvc_sequences *try_with(const struct hvc_subject *subject, const struct hvc_abi *abi,
                                      uint64_t seed, unsigned randoms)
{
	const struct hvc_sequence_config config = {
	        .subject = subject, .abi = abi, .seed = seed, .randoms = randoms};

	return try_config(&config);
}

static const char *rule_name(const struct hvc_abi *abi, int rule)
{
	return rule < 0 ? "-" : hvc_abi_rule_at(abi, (unsigned)rule)->name;
}

static void add_word(char *text, size_t size, const char *word)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", used ? ", " : "", word);
}

/* The failure that the row is about. */
static const struct hvc_sequence_failure *find(const struct hvc_sequences *sequences,
                                               const struct row *row)
{
	for (unsigned i = 0; i < sequences->failures; i++) {
		const struct hvc_verdict *v = &sequences->failure[i].verdict;

		if (!strcmp(rule_name(sequences->abi, v->rule), row->rule) &&
		    !strcmp(hvc_clause_name(v->clause), row->clause) &&
		    v->reg == hvc_reg_find(row->reg))
			return &sequences->failure[i];
	}
	ck_abort_msg("%s: %s is not found", row->variant, row->rule);
	return NULL;
}

/* Each call from the world by itself: nothing to be found. With HVC_DISPATCH=full from all. */
TEST_ROWS(single_calls_of_the_variants_conform, rows)
{
	const struct row *row = &rows[_i];
	struct hvc_subject *subject = open_subject(row->variant);
	struct hvc_abi *abi = open_abi(row->abi);
	const struct hvc_check_config config = {
	        .subject = subject,
	        .abi = abi,
	        .brief = true,
	        .levels = suite_is_full() ? 0 : 1u << HVC_LEVEL_EL1H,
	        .insns = suite_is_full() ? 0 : 1u << HVC_INSN_HVC,
	        .jobs = 2,
	};
	struct hvc_check *check = run_config(&config);

	ck_assert_msg(check->findings == 0, "%s: %u findings", row->variant, check->findings);
	ck_assert_uint_gt(check->total.conforms, 0);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* Nothing is left in a call that does not matter: the selector and the address of vectors. */
static void check_simple(const struct row *row, const struct hvc_sequence_step *step)
{
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	for (unsigned n = 2; n < HVC_GPR_COUNT; n++)
		ck_assert_msg(step->call.x[n] == plain.x[n], "%s: x%u is 0x%" PRIx64, row->variant,
		              n, step->call.x[n]);
	ck_assert_uint_eq(step->call.imm, 0);
	ck_assert_int_eq(step->call.from, HVC_LEVEL_EL1H);
	ck_assert_int_eq(step->call.insn, HVC_INSN_HVC);
	ck_assert_uint_eq(step->call.nzcv, plain.nzcv);
	ck_assert_uint_eq(step->call.daif, plain.daif);
}

TEST_ROWS(sequences_find_the_variants_by_the_fewest_calls, rows)
{
	const struct row *row = &rows[_i];
	struct hvc_subject *subject = open_subject(row->variant);
	struct hvc_abi *abi = open_abi(row->abi);
	struct hvc_sequences *sequences = try_with(subject, abi, 0, RANDOMS);
	const struct hvc_sequence_failure *failure = find(sequences, row);
	char calls[256] = "", stated[256] = "";

	for (unsigned i = 0; i < failure->steps; i++) {
		add_word(calls, sizeof calls, rule_name(abi, failure->step[i].rule));
		check_simple(row, &failure->step[i]);
	}
	ck_assert_str_eq(calls, row->calls);
	ck_assert_uint_ge(failure->found, failure->steps);
	for (unsigned i = 0; i < sequences->properties; i++)
		if (sequences->property[i].broken)
			add_word(stated, sizeof stated,
			         hvc_abi_property__at(abi, sequences->property[i].property)->name);
	ck_assert_str_eq(stated[0] ? stated : "-", row->stated);
	/* others that fail are the same call by SMC, and take no fewer calls */
	for (unsigned i = 0; i < sequences->failures; i++) {
		ck_assert_uint_ge(sequences->failure[i].steps, failure->steps);
		ck_assert_int_eq(strncmp(rule_name(abi, sequences->failure[i].verdict.rule),
		                         row->rule, strlen(row->rule)),
		                 0);
	}
	ck_assert_uint_gt(sequences->failed, 0);
	hvc_sequences__free(sequences);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

static void check_same(const struct hvc_sequence_failure *a, const struct hvc_sequence_failure *b)
{
	ck_assert_uint_eq(a->steps, b->steps);
	for (unsigned k = 0; k < a->steps; k++) {
		ck_assert_mem_eq(a->step[k].call.x, b->step[k].call.x, sizeof a->step[k].call.x);
		ck_assert_uint_eq(a->step[k].call.imm, b->step[k].call.imm);
		ck_assert_int_eq(a->step[k].rule, b->step[k].rule);
		ck_assert_int_eq(a->step[k].outcome, b->step[k].outcome);
		ck_assert_uint_eq(a->step[k].x0, b->step[k].x0);
	}
	ck_assert_uint_eq(a->verdict.actual, b->verdict.actual);
	ck_assert_uint_eq(a->verdict.expected, b->verdict.expected);
}

/* The same seed gives the same; and the seed of a failure gives that one alone. */
TEST_ROWS(shrinking_is_deterministic, rows)
{
	const struct row *row = &rows[_i];
	struct hvc_subject *subject = open_subject(row->variant);
	struct hvc_abi *abi = open_abi(row->abi);
	struct hvc_sequences *first = try_with(subject, abi, 0, RANDOMS);
	struct hvc_sequences *second = try_with(subject, abi, 0, RANDOMS);

	ck_assert_uint_eq(first->failures, second->failures);
	ck_assert_uint_eq(first->calls, second->calls);
	ck_assert_uint_eq(first->failed, second->failed);
	for (unsigned i = 0; i < first->failures; i++) {
		const struct hvc_sequence_failure *failure = &first->failure[i];
		struct hvc_sequences *alone = try_with(subject, abi, failure->seed, 1);

		check_same(failure, &second->failure[i]);
		ck_assert_uint_eq(alone->failures, 1);
		ck_assert_uint_eq(alone->failure[0].found, failure->found);
		check_same(failure, &alone->failure[0]);
		hvc_sequences__free(alone);
	}
	hvc_sequences__free(first);
	hvc_sequences__free(second);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* More with HVC_DISPATCH=full. */
TEST(no_right_subject_fails)
{
	unsigned randoms = suite_is_full() ? 20000 : 200;
	const struct hvc_builtin *builtin;
	unsigned subjects = 0, stated = 0;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct hvc_subject *subject;
		struct hvc_abi *abi;
		struct hvc_sequences *s;
		char what[256] = "";

		if (!strcmp(builtin->family, "broken") || hvc_builtin_is_aarch32(builtin))
			continue;
		subject = open_subject(builtin->name);
		abi = open_abi(builtin->name);
		s = try_with(subject, abi, 1, randoms);
		for (unsigned k = 0; k < s->properties; k++) {
			const struct hvc_sequence_property *row = &s->property[k];
			const struct hvc_property *property =
			        hvc_abi_property__at(abi, row->property);

			if (row->broken)
				hvc_sequence__print(s, property, &row->failure, what, sizeof what);
			ck_assert_msg(!row->broken, "%s, %s: %s", builtin->name, property->name,
			              what);
			ck_assert_msg(row->trials == 16, "%s, %s: %u trials", builtin->name,
			              property->name, row->trials);
			ck_assert_uint_gt(strlen(property->source), 0);
		}
		if (s->failures)
			hvc_sequence__print(s, NULL, &s->failure[0], what, sizeof what);
		ck_assert_msg(s->failures == 0, "%s, seed %" PRIu64 ": %s", builtin->name,
		              s->failures ? s->failure[0].seed : 0, what);
		ck_assert_uint_eq(s->randoms, randoms);
		ck_assert_uint_gt(s->calls, 0);
		stated += s->properties > 0;
		subjects++;
		hvc_sequences__free(s);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
	ck_assert_uint_ge(subjects, 50);
	ck_assert_uint_ge(stated, 30);
}

/* Where no call comes to EL2 there is nothing to find, and that is no clean bill. */
TEST(calls_that_go_to_el3_are_none)
{
	struct hvc_subject *subject = open_subject("broken-seq-third");
	struct hvc_abi *abi = open_abi("linux-stub-4.12");
	const struct hvc_sequence_config config = {
	        .subject = subject, .abi = abi, .randoms = 20, .insns = 1u << HVC_INSN_SMC};
	struct hvc_sequences *none = NULL;
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_sequences__try(&config, &diag, &none), HVC_E_ARG);
	ck_assert_ptr_null(none);
	ck_assert_ptr_nonnull(strstr(diag.message, "HCR_EL2.TSC"));
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* Only the callers that were asked for call, also after a sequence was cut down. */
TEST(callers_can_be_chosen)
{
	struct hvc_subject *subject = open_subject("broken-seq-third");
	struct hvc_abi *abi = open_abi("linux-stub-4.12");
	struct hvc_world trapping = {.name = "trapping"};
	const struct hvc_sequence_config config = {.subject = subject,
	                                           .abi = abi,
	                                           .over = &trapping,
	                                           .randoms = RANDOMS,
	                                           .levels = 1u << HVC_LEVEL_EL1T,
	                                           .insns = 1u << HVC_INSN_SMC};
	struct hvc_sequences *sequences;

	ck_assert(hvc_world_set(&trapping, HVC_REG_HCR_EL2, HVC_HCR_RW | HVC_HCR_TSC) == HVC_OK);
	sequences = try_config(&config);

	ck_assert_uint_eq(sequences->failures, 1);
	ck_assert_uint_eq(sequences->failure[0].steps, 3);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(sequences->failure[0].step[i].call.from, HVC_LEVEL_EL1T);
		ck_assert_int_eq(sequences->failure[0].step[i].call.insn, HVC_INSN_SMC);
	}
	hvc_sequences__free(sequences);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* Levels and rules of random sequences have the same chances, each; SMC is one rule of three. */
TEST(calls_are_drawn_evenly)
{
	struct hvc_abi *abi = open_abi(HVC_SOURCE_DIR "/conformance/cases/tsc.yaml");
	const unsigned callers = 1u << HVC_LEVEL_EL1T | 1u << HVC_LEVEL_EL1H;
	const struct hvc_player player = {
	        .abi = abi, .levels = callers, .insns = 1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC};
	unsigned from[HVC_LEVEL_COUNT] = {0}, insn[HVC_INSN_COUNT] = {0}, calls = 0, rules = 0;
	unsigned rule[64] = {0};

	for (unsigned i = 0; i < 2000; i++) {
		struct hvc_call call[HVC_SEQUENCE_CALLS_MAX];
		struct hvc_dice dice = {i};
		unsigned count = hvc_sequence__random(&player, &dice, call);

		for (unsigned k = 0; k < count; k++, calls++) {
			int of = hvc_abi__rule_of(abi, 0, &call[k]);

			ck_assert_int_ge(of, 0);
			from[call[k].from]++;
			insn[call[k].insn]++;
			rule[of % 64]++;
		}
	}
	ck_assert_uint_gt(calls, 5000);
	for (unsigned i = 0; i < HVC_LEVEL_COUNT; i++)
		ck_assert_msg(!from[i] || from[i] * 10 > calls * 4, "%s: %u of %u",
		              hvc_level_name((enum hvc_level)i), from[i], calls);
	ck_assert_uint_gt(insn[HVC_INSN_SMC] * 4, calls);
	ck_assert_uint_gt(insn[HVC_INSN_HVC] * 2, calls);
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++)
		rules += hvc_abi_rule_at(abi, i)->specified;
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++)
		ck_assert_msg(!hvc_abi_rule_at(abi, i)->specified || rule[i] * rules * 2 > calls,
		              "%s: %u of %u", hvc_abi_rule_at(abi, i)->name, rule[i], calls);
	hvc_abi_free(abi);
}

/* The tables are distinct, aligned, and apart from the subject. */
TEST(tables_have_room)
{
	static const char *const names[] = {"linux-stub-4.12", "linux-kvm-6.19", "xen", "qnx-stub"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_subject *subject = open_subject(names[i]);
		const struct hvc_image *image = hvc_subject_image(subject);
		struct hvc_abi *abi = open_abi(names[i]);
		struct hvc_sequences *sequences = try_with(subject, abi, 0, 1);

		for (unsigned k = 0; k < HVC_SEQUENCE_TABLES; k++) {
			ck_assert_uint_ne(sequences->table[k], 0);
			ck_assert_uint_eq(sequences->table[k] % 0x800, 0);
			ck_assert_uint_eq(sequences->table[k], sequences->table[0] + k * 0x800);
			for (unsigned s = 0; s < image->segments; s++)
				ck_assert(sequences->table[k] - image->segment[s].address >=
				          image->segment[s].size);
		}
		hvc_sequences__free(sequences);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}

/*
 * Random sequences find single calls that are wrong, too, and cut them down to that call; values
 * that no rule names among them.
 */
TEST(a_wrong_call_is_found_alone)
{
	static const struct {
		const char *variant, *abi, *rule;
	} cases[] = {
	        {"broken-set-ignored", "linux-stub-4.12", "set_vectors"},
	        {"broken-w0-compare", "linux-stub-4.12", "unknown"},
	        {"broken-imm-low-byte", "linux-stub-imm", "unknown"},
	        {"broken-store", "linux-stub-4.12", "unknown"},
	        {"broken-restart-args", "linux-stub-4.12", "soft_restart"},
	        {"broken-kvm-nr", "linux-kvm-6.1", "stub_error"},
	        {"broken-xen-ea1-w16", "xen", "unknown"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hvc_subject *subject = open_subject(cases[i].variant);
		struct hvc_abi *abi = open_abi(cases[i].abi);
		struct hvc_sequences *sequences = try_with(subject, abi, 0, 3 * RANDOMS);
		bool found = false;

		for (unsigned k = 0; k < sequences->failures; k++)
			found |= sequences->failure[k].steps == 1 &&
			         !strcmp(rule_name(abi, sequences->failure[k].verdict.rule),
			                 cases[i].rule);
		ck_assert_msg(found, "%s: %u failures", cases[i].variant, sequences->failures);
		hvc_sequences__free(sequences);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}

/* Code that is stored to before it runs for the first time is as it was after a reset. */
TEST(a_reset_takes_back_code_that_had_not_run)
{
	struct hvc_subject *subject = open_subject("broken-store");
	struct hvc_machine *machine = open_machine(subject, NULL);
	struct hvc_call store, hvc;

	hvc_call_init(&store, 0);
	store.x[0] = 3;
	store.x[1] = 0x40000000; /* the slot for calls from EL2t */
	hvc_call_init(&hvc, 0);
	hvc.from = HVC_LEVEL_EL2T;
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(make_call(machine, &store).kind, HVC_OUTCOME_RETURN);
		ck_assert_int_eq(make_call(machine, &hvc).kind, HVC_OUTCOME_FAULT);
		reset(machine);
	}
	ck_assert_int_eq(make_call(machine, &hvc).kind, HVC_OUTCOME_SPIN);
	hvc_machine_close(machine);
	hvc_subject_close(subject);
}

static void print_row(size_t row, char *text, size_t size)
{
	snprintf(text, size, "| sequence: %s | %s | %s | %s | %s | %s | %s |\n", rows[row].variant,
	         rows[row].abi, rows[row].rule, rows[row].clause, rows[row].reg, rows[row].calls,
	         rows[row].stated);
}

TEST(table_and_readme_match)
{
	match_readme("| sequence: ", ROWS, print_row);
}

/* The first are of one variant each, in the order of the rows. */
SUITE_MAIN("sequence")
