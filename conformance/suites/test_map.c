/* SPDX-License-Identifier: MIT */
/**
 * Rows are as the subjects of conformance/subjects say; each call is in one; the machine agrees.
 */

#include "engine/exact.h"
#include "tiny_image.h"
#include "under_test.h"

#define ROWS_MAX 16u

/** A row: condition, how it ends, x0 afterwards (NULL: as it was), in the order of reports. */
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
        {"computed-branch",
         {{"x0 & 3 = 0", "return", "0xa"},
          {"x0 & 3 = 1", "return", "0xb"},
          {"x0 & 3 = 2", "return", "0xc"},
          {"x0 & 3 = 3", "return", "0xd"}}},
        {"pointer-table",
         {{"x0 in 0x100, 0x103", "handoff to first", NULL},
          {"x0 = 0x101", "return", "-1"},
          {"x0 = 0x102", "handoff to second", NULL},
          {"x0 not in 0x100-0x103", "return", "-1"}}},
        {"tbz-chain",
         {{"imm & 1 = 0, imm <= 0x7fff", "return", "4"},
          {"imm & 1 = 0, imm >= 0x8000", "return", "2"},
          {"imm & 1 != 0, imm & 8 = 0", "return", "1"},
          {"imm & 1 != 0, imm & 8 != 0", "return", "3"}}},
        {"ccmp-chain",
         {{"x0 = 5, x1 = 2, w2 = w3", "return", "7"},
          {"(x0 != 5 or x1 != 2) or w2 != w3", "return", "if(x0 = 1 or x1 = 9, 1, 0)"}}},
        {"signed-range",
         {{"w0 not in 3-0xfffffffc", "return", "1"}, {"w0 in 3-0xfffffffc", "return", "0"}}},
        {"mask",
         {{"x0 & 0xfffeffff = 0xc600000b", "return", "1"},
          {"x0 & 0xfffeffff != 0xc600000b", "return", "0"}}},
        {"two-selectors-fault",
         {{"(w1 | x0 >> 0x20) << 0x20 | w0 = 0x700000005", "return", "1"},
          {"(w1 | x0 >> 0x20) << 0x20 | w0 != 0x700000005, x0 + x1 = 0x64", "return", "2"},
          {"anything else", "return", "0"}}},
        {"one-value-fault",
         {{"x0 = 0xd32d715d7b6cbe4c", "return", "1"}, {"x0 != 0xd32d715d7b6cbe4c", "return", "0"}}},
        {"infinite-loop",
         {{"imm = 0x77", "spin at handle+0x14", NULL}, {"imm != 0x77", "return", "0"}}},
        {"stores",
         {{"x0 = 1", "return", "0"}, {"x0 = 2", "return", "0"}, {"x0 not in 1-2", "return", "0"}}},
        {"memory-walk",
         {{"x0 = 1", "handoff to walk+0x4", "sp_el2 - 0x20"},
          {"x0 = 2, [tpidr_el2] & 0xffffffff = 0", "return", "2"},
          {"x0 = 2, [tpidr_el2] & 0xffffffff != 0", "spin at lock+0x4", NULL},
          {"x0 not in 1-2", "return", "-1"}}},
        {"caller-memory",
         {{"[x1 + 8] & 0xffffffff = 3", "return", "[x1 + 8]"},
          {"[x1 + 8] & 0xffffffff != 3", "return", "[x1] >> 0x18 & 0xff"}}},
};

struct fixture {
	struct hvc_subject *subject;
	struct hvc_exact *exact;
};

static void make(struct fixture *f, const char *spec, const struct hvc_exact_config *like)
{
	struct hvc_exact_config config = like ? *like : (struct hvc_exact_config){0};
	struct hvc_diag diag = {0};
	char path[512];

	f->subject = NULL;
	snprintf(path, sizeof path, "%s/subjects/%s.elf", HVC_BINARY_DIR, spec);
	if (hvc_subject_open(path, NULL, &f->subject) != HVC_OK)
		f->subject = open_subject(spec);
	config.subject = f->subject;
	ck_assert_msg(hvc_exact__make(&config, &diag, &f->exact) == HVC_OK, "%s: %s", spec,
	              diag.message);
}

static void drop(struct fixture *f)
{
	hvc_exact__free(f->exact);
	hvc_subject_close(f->subject);
}

/* The value that a row gives a register; NULL: it leaves it. */
static hvc_ref result(const struct hvc_row *row, enum hvc_reg reg)
{
	for (unsigned i = 0; i < row->effects; i++)
		if (row->effect[i].reg == reg)
			return row->effect[i].value;
	return NULL;
}

static void assert_row(const struct hvc_exact *exact, const struct hvc_row *row,
                       const struct row *wanted)
{
	char text[600] = "";
	hvc_ref x0 = result(row, HVC_REG_X0);

	hvc_exact__print_condition(exact, row, text, sizeof text);
	ck_assert_str_eq(text, wanted->condition);
	hvc_exact__print_end(exact, row, text, sizeof text);
	ck_assert_str_eq(text, wanted->end);
	ck_assert_int_eq(x0 != NULL, wanted->x0 != NULL);
	if (x0)
		hvc_exact__print_value(exact, x0, text, sizeof text);
	if (x0)
		ck_assert_str_eq(text, wanted->x0);
	ck_assert_int_eq(row->known, HVC_ROW_PROVED);
}

/* From every caller the same, complete, and every immediate really taken. */
TEST_ROWS(subject_has_these_rows, subjects)
{
	const struct subject *subject = &subjects[_i];
	struct fixture f;

	make(&f, subject->name, NULL);
	ck_assert(hvc_exact__is_complete(f.exact));
	ck_assert_uint_eq(f.exact->parts, 2);
	ck_assert_ptr_eq(f.exact->part[1].same, &f.exact->part[0]);
	for (unsigned i = 0; i < f.exact->parts; i++) {
		const struct hvc_exact_part *part = &f.exact->part[i];

		ck_assert_int_eq(part->proof.disjoint, HVC_ANSWER_YES);
		ck_assert_int_eq(part->proof.total, HVC_ANSWER_YES);
		ck_assert_uint_eq(part->taken, HVC_IMM_COUNT);
		ck_assert_uint_eq(part->confirmed, part->symbolic->paths);
		for (unsigned j = 0; j < part->rows; j++) {
			ck_assert_ptr_nonnull(subject->row[j].condition);
			assert_row(f.exact, &part->row[j], &subject->row[j]);
		}
		ck_assert_ptr_null(subject->row[part->rows].condition);
	}
	drop(&f);
}

/* Which of a part's rows a call meets, by evaluating each condition. */
static unsigned count_met(struct hvc_exact *exact, const struct hvc_call *call)
{
	uint64_t value[HVC_INPUTS];
	const struct hvc_model model = {.value = value, .count = HVC_INPUTS};
	unsigned met = 0;

	hvc_way__values(call, value);
	for (unsigned i = 0; i < exact->parts; i++)
		for (unsigned j = 0; j < exact->part[i].rows; j++)
			met += exact->part[i].from == call->from &&
			       hvc_bv__eval(exact->terms, exact->part[i].row[j].condition,
			                    &model) == 1;
	return met;
}

static void assert_result(struct hvc_exact *exact, const struct hvc_call *call, const char *x0)
{
	const struct hvc_row *row = hvc_exact__row_of(exact, call);
	char text[100];

	ck_assert_ptr_nonnull(row);
	ck_assert_ptr_nonnull(result(row, HVC_REG_X0));
	hvc_exact__print_value(exact, result(row, HVC_REG_X0), text, sizeof text);
	ck_assert_str_eq(text, x0);
}

/* What a hypercall of Xen returns is a number, though for one immediate it is the immediate. */
TEST(results_are_not_guessed_from_values)
{
	const struct hvc_exact_config quick = {.brief = true};
	struct hvc_call call;
	struct fixture f;

	make(&f, "xen", &quick);
	for (unsigned i = 0; i < f.exact->parts; i++)
		for (unsigned j = 0; j < f.exact->part[i].rows; j++) {
			hvc_ref x0 = result(&f.exact->part[i].row[j], HVC_REG_X0);

			ck_assert(!x0 || hvc_bv__const(x0));
		}
	hvc_call_init(&call, 0);
	call.imm = 0;
	call.x[0] = 2;
	assert_result(f.exact, &call, "0");
	/* A register value between two that the code compares with is not theirs. */
	call.imm = 0xea1;
	for (unsigned number = 0; number <= 0x40; number++) {
		call.x[16] = number;
		ck_assert_uint_eq(count_met(f.exact, &call), 1);
		if (number == 8 || number == 0x40)
			assert_result(f.exact, &call, "-38");
		if (number == 7)
			assert_result(f.exact, &call, "0");
	}
	drop(&f);
}

/* What one row leaves out another has. */
TEST(no_value_is_in_no_row)
{
	static const char *const names[] = {"gunyah", "linux-kvm-6.1", "smccc-1.3", "hvisor"};
	const struct hvc_exact_config quick = {.brief = true};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint64_t random = 1;
		struct hvc_call call;
		struct fixture f;

		make(&f, names[i], &quick);
		for (unsigned n = 0; n < 20000; n++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			hvc_call_init(&call, n & 1 ? random : 0);
			call.imm = n & 2 ? (uint16_t)(0x6000 + (random >> 56)) : 0;
			if (n & 4)
				call.x[0] = n / 8; /* 3 among them */
			if (n & 8)
				call.x[0] = UINT64_C(0x84000000) + (random >> 58);
			ck_assert_msg(count_met(f.exact, &call) == 1, "%s #0x%x, x0 = 0x%" PRIx64,
			              names[i], call.imm, call.x[0]);
		}
		drop(&f);
	}
}

static bool is_harness(uint64_t value)
{
	return value - HVC_HARNESS_BASE < HVC_HARNESS_SIZE;
}

/* Conditions are of the code's numbers, never of those that our calls happen to have. */
TEST(no_border_is_a_value_of_the_harness)
{
	const struct hvc_exact_config quick = {.unconfirmed = true};
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct fixture f;

		if (hvc_builtin_is_aarch32(builtin))
			continue; /* swept, not proved: test_hyp.c */
		make(&f, builtin->name, &quick);
		ck_assert_msg(hvc_exact__is_complete(f.exact), "%s", builtin->name);
		for (unsigned p = 0; p < f.exact->parts; p++)
			for (unsigned r = 0; r < f.exact->part[p].rows; r++) {
				const struct hvc_row *row = &f.exact->part[p].row[r];

				for (unsigned c = 0; c < row->cases; c++)
					for (size_t m = 0; m < row->case_[c].members; m++) {
						const struct hvc_set *set =
						        row->case_[c].member[m].set;

						for (size_t k = 0; k < set->count; k++)
							ck_assert(!is_harness(set->range[k].lo) &&
							          !is_harness(set->range[k].hi));
					}
			}
		drop(&f);
	}
}

/* A map that is wrong is told so by the machine: in what a row does, or in which calls it has. */
TEST(the_machine_disagrees_with_what_is_false)
{
	const struct hvc_exact_config unasked = {.unconfirmed = true};
	struct hvc_diag diag = {0};
	struct fixture f;

	for (unsigned fault = 0; fault < 5; fault++) {
		struct hvc_row *row;

		make(&f, "linux-stub-4.12", &unasked);
		row = &f.exact->part[0].row[0];
		if (fault == 0)
			row->effect[0].value = hvc_bv__num(f.exact->terms, 64, 1);
		else if (fault == 1)
			row->effects = 0;
		else if (fault == 2)
			row->kind = HVC_OUTCOME_RETRY;
		else if (fault == 3)
			row->level = HVC_LEVEL_EL2H;
		else
			row->target = hvc_bv__num(f.exact->terms, 64, 0);
		ck_assert_int_eq(hvc_exact__confirm(f.exact, &diag), HVC_E_ENGINE);
		ck_assert_msg(strstr(diag.message, "a fault of hvcheck: hvc #0x"), "%s",
		              diag.message);
		drop(&f);
	}
	make(&f, "linux-stub-4.12", &unasked);
	ck_assert_int_eq(hvc_exact__confirm(f.exact, &diag), HVC_OK);
	drop(&f);
}

/* A path ends at the door of the function that the dispatch chose, or behind it. */
TEST(doors_are_gone_through_when_asked)
{
	const struct hvc_exact_config at = {.brief = true}, into = {.brief = true, .into = true};

	for (unsigned inside = 0; inside < 2; inside++) {
		unsigned handoffs = 0;
		struct fixture f;

		make(&f, "pointer-table", inside ? &into : &at);
		ck_assert(hvc_exact__is_complete(f.exact));
		for (unsigned i = 0; i < f.exact->part[0].rows; i++)
			handoffs += f.exact->part[0].row[i].kind == HVC_OUTCOME_HANDOFF;
		ck_assert_uint_eq(handoffs, inside ? 0 : 2);
		drop(&f);
	}
}

/* Code that is not there is no code that does nothing: what was not followed is said. */
TEST(a_bound_is_not_complete)
{
	const struct hvc_exact_config few = {.paths = 3, .unconfirmed = true};
	struct fixture f;
	unsigned left = 0;

	make(&f, "xen", &few);
	ck_assert(!hvc_exact__is_complete(f.exact));
	ck_assert_msg(strstr(f.exact->part[0].why, "too many paths"), "%s", f.exact->part[0].why);
	for (unsigned i = 0; i < f.exact->part[0].rows; i++)
		left += f.exact->part[0].row[i].known != HVC_ROW_PROVED;
	ck_assert_uint_ge(left, 1);
	drop(&f);
}

/* What nobody follows the machine is asked: each immediate, with some registers. */
TEST(what_is_not_followed_is_swept)
{
	static const struct {
		const char *condition, *behaviour;
		enum hvc_row_known known;
	} rows[] = {
	        {NULL, "return, not followed: ", HVC_ROW_SWEPT},
	        {NULL, "spin, not followed: ", HVC_ROW_SWEPT},
	        {"imm >= 0x100", "return, x0 := 2", HVC_ROW_PROVED},
	};
	const struct hvc_exact_config one = {.levels = 1u << HVC_LEVEL_EL1H};
	char text[4000];
	struct fixture f;

	make(&f, "not-followed", &one);
	ck_assert(!hvc_exact__is_complete(f.exact));
	ck_assert_uint_eq(f.exact->part[0].rows, 3);
	for (unsigned i = 0; i < 3; i++) {
		const struct hvc_row *row = &f.exact->part[0].row[i];

		ck_assert_int_eq(row->known, rows[i].known);
		hvc_exact__print_condition(f.exact, row, text, sizeof text);
		if (rows[i].condition)
			ck_assert_str_eq(text, rows[i].condition);
		hvc_exact__print_behaviour(f.exact, row, text, sizeof text);
		ck_assert_msg(!strncmp(text, rows[i].behaviour, strlen(rows[i].behaviour)), "%s",
		              text);
	}
	for (unsigned imm = 0; imm < 0x102; imm++) {
		const struct hvc_row *row;
		struct hvc_call call;

		hvc_call_init(&call, 0);
		call.imm = (uint16_t)imm;
		row = hvc_exact__row_of(f.exact, &call);
		ck_assert_ptr_nonnull(row);
		ck_assert_int_eq(row->kind,
		                 imm < 0x100 && imm & 1 ? HVC_OUTCOME_SPIN : HVC_OUTCOME_RETURN);
		ck_assert_uint_eq(count_met(f.exact, &call), 1);
	}
	drop(&f);
}

/* Where control goes, what is stored, and from which caller, make rows others. */
TEST(rows_part_by_all_that_calls_do)
{
	const struct hvc_exact_config both = {.levels = 1u << HVC_LEVEL_EL1H,
	                                      .insns = 1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC,
	                                      .unconfirmed = true};
	struct fixture a, b;

	make(&a, "broken-ec-unchecked", &both);
	ck_assert_uint_eq(a.exact->parts, 2);
	ck_assert_ptr_null(
	        a.exact->part[1].same); /* an SMC is a call there, and returns to itself */
	drop(&a);
	make(&a, "broken-store", &both);
	make(&b, "linux-stub-4.12", &both);
	for (unsigned i = 0, stores = 0; i < a.exact->part[0].rows; i++) {
		stores += a.exact->part[0].row[i].stores;
		if (i + 1 == a.exact->part[0].rows)
			ck_assert_uint_ge(stores, 1);
	}
	for (unsigned i = 0; i < b.exact->part[0].rows; i++)
		ck_assert_uint_eq(b.exact->part[0].row[i].stores, 0);
	drop(&a);
	drop(&b);
}

#define TO_EL1T A64_MRS(17, SPSR), A64_SUB(17, 17, 1), A64_MSR(SPSR, 17)
#define PAST(n) A64_MRS(17, ELR), A64_ADD(17, 17, n), A64_MSR(ELR, 17)
#define SPSR    sys_name(HVC_REG_SPSR_EL2)
#define ELR     sys_name(HVC_REG_ELR_EL2)

/* Two ways to go on for x0 = 1 and for others, which differ in one thing: rows are two. */
TEST(each_aspect_makes_a_row_of_its_own)
{
	static const struct {
		const char *name;
		uint32_t way[2][2];
	} rows[] = {
	        {"aspect.class", {{A64_BRK(0)}, {A64_UDF}}},
	        {"aspect.value", {{A64_STR(1, 2)}, {A64_STR(3, 2)}}},
	        {"aspect.place", {{A64_STR(1, 2)}, {A64_STR(1, 3)}}},
	        {"aspect.size", {{A64_STRW(1, 2)}, {A64_STRB(1, 2)}}},
	        {"aspect.count", {{A64_STR(1, 2)}, {A64_STR(1, 2), A64_STR(1, 2)}}},
	        {"aspect.result", {{A64_MOVZ(1, 1)}, {A64_MOVZ(1, 2)}}},
	        {"aspect.loop", {{A64_B(0)}, {A64_NOP, A64_B(0)}}},
	        /* one store of both, by a pointer where nothing may be */
	        {"aspect.far", {{A64_MOV(5, 2), A64_B(0x54)}, {A64_MOV(5, 3), A64_B(0x1c)}}},
	};
	struct hvc_exact_config config = {
	        .levels = 1u << HVC_LEVEL_EL1H, .insns = 1u << HVC_INSN_HVC, .brief = true};

	for (size_t i = 0; i < sizeof rows / sizeof *rows + 2; i++) {
		const char *name = i == 0   ? "aspect.level"
		                   : i == 1 ? "aspect.target"
		                            : rows[i - 2].name;
		struct tiny_image image;
		struct fixture f;
		unsigned met[2] = {0, 0};

		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, A64_SUBS(31, 0, 1), A64_BNE(0x3c), A64_NOP);
		tiny_put(&image, TINY_LOWER + 0x60, A64_STR(4, 5), A64_ERET);
		for (unsigned way = 0; way < 2; way++) {
			const unsigned at = TINY_LOWER + (way ? 0x40 : 8);

			tiny_put(&image, at, A64_NOP, A64_NOP, A64_NOP, A64_MOVZ(17, 0), A64_ERET);
			if (i > 1)
				memcpy(image.bytes + at, rows[i - 2].way[way],
				       rows[i - 2].way[way][1] ? 8 : 4);
			else if (i == 1 && way)
				tiny_put(&image, at, PAST(16));
			else if (i == 1)
				tiny_put(&image, at, PAST(8));
			else if (way)
				tiny_put(&image, at, PAST(8), TO_EL1T, A64_MOVZ(17, 0), A64_ERET);
			else
				tiny_put(&image, at, PAST(8));
		}
		config.exact = !strcmp(name, "aspect.far");
		make(&f, tiny_file(&image, name), &config);
		ck_assert_uint_eq(f.exact->parts, 1);
		for (unsigned k = 0; k < f.exact->part[0].rows; k++) {
			const struct hvc_row *row = &f.exact->part[0].row[k];
			unsigned other = row->witness.x[0] != 1;

			/* A store may also fault, for some addresses. */
			if (strcmp(name, "aspect.class") != 0)
				met[other] += (row->kind == HVC_OUTCOME_FAULT) ==
				              !strcmp(name, "aspect.far");
			else
				met[other]++;
			for (unsigned j = 0; j < f.exact->part[0].rows; j++)
				ck_assert_int_eq(hvc_row__same(row, &f.exact->part[0].row[j]),
				                 j == k);
		}
		ck_assert_msg(met[0] == 1 && met[1] == 1, "%s: %u and %u rows", name, met[0],
		              met[1]);
		drop(&f);
	}
}

/* EL2 may map any address, that of a null pointer, too: nothing says what is there. */
static const struct {
	const char *name;
	uint32_t code[2];
	const char *x0;
} nulls[] = {
        {"load", {A64_MOVZ(1, 0), A64_LDR(0, 1)}, "[0]"},
        {"load.word", {A64_MOVZ(1, 0), 0xb9400020}, "[0] & 0xffffffff"},
        {"store", {A64_MOVZ(1, 0), A64_STR(0, 1)}, NULL},
        {"zero", {A64_NOP, 0xd50b743f}, NULL}, /* dc zva, xzr */
};

TEST_ROWS(null_pointers_are_followed, nulls)
{
	struct hvc_exact_config config = {.brief = true};
	struct tiny_image image;
	struct fixture f;
	char text[200] = "";
	hvc_ref x0;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, nulls[_i].code[0], nulls[_i].code[1], A64_ERET);
	make(&f, tiny_file(&image, "null.bin"), &config);
	ck_assert(hvc_exact__is_complete(f.exact));
	ck_assert_uint_eq(f.exact->part[0].rows, 1);
	ck_assert_int_eq(f.exact->part[0].row[0].kind, HVC_OUTCOME_RETURN);
	x0 = result(&f.exact->part[0].row[0], HVC_REG_X0);
	ck_assert_int_eq(x0 != NULL, nulls[_i].x0 != NULL);
	if (x0) {
		hvc_exact__print_value(f.exact, x0, text, sizeof text);
		ck_assert_str_eq(text, nulls[_i].x0);
	}
	drop(&f);
}

SUITE_MAIN("map")
