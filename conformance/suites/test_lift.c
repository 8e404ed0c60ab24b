/* SPDX-License-Identifier: MIT */
/**
 * The lifter against the engine: random instructions of each class in random states, every
 * register, flag and byte of memory. HVC_LIFT=N tries N a class instead of some hundred.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "lift_random.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/reg.h"
#include "machine/world.h"
#include "suite.h"
#include "symbolic/lift.h"

#define BASE   UINT64_C(0x40000000)
#define SLOTS  500u
#define SLOT   32u
#define CODE   (BASE + 0x1000)
#define BUFFER (HVC_EL2_DATA + 0x8000)
#define INPUTS 200u /* x0..x30 first, the flags somewhere */

#define WORD_SMC    UINT32_C(0xd4000003)
#define WORD_BR_X30 UINT32_C(0xd61f03c0)

struct bench {
	struct hvc_machine *machine;
	struct hvc_world world;
	struct hvc_image image;
	struct hvc_segment segment;
	uint8_t bytes[0x1000 + SLOTS * SLOT];
	struct hvc_scene scene;
	struct hvc_simd simd;
	unsigned unlifted;
};

static void put_word(uint8_t *at, uint32_t word)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(word >> 8 * i);
}

static enum hvc_knowledge known(void *ctx, const uint8_t encoding[5], uint64_t *value)
{
	struct bench *bench = ctx;
	enum hvc_reg reg =
	        hvc_reg__find_sys(encoding[0], encoding[1], encoding[2], encoding[3], encoding[4]);

	if (reg == HVC_REG_NONE && hvc_engine__get_sys(bench->machine->engine, encoding, value))
		return HVC_KNOWN_VALUE;
	if (reg == HVC_REG_NONE || !hvc_regset_has(hvc_machine_present(bench->machine), reg))
		return HVC_KNOWN_ABSENT;
	*value = hvc_machine_entry(bench->machine)->v[reg];
	return HVC_KNOWN_VALUE;
}

static enum hvc_knowledge memory(void *ctx, uint64_t address, uint64_t *value)
{
	struct bench *bench = ctx;

	return hvc_machine_read(bench->machine, address, value, 8) == HVC_OK ? HVC_KNOWN_VALUE
	                                                                     : HVC_KNOWN_ABSENT;
}

static void open_bench(struct bench *bench, const struct class *class)
{
	struct hvc_machine_config config = {.world = &bench->world};
	struct hvc_diag diag = {0};
	uint8_t pattern[0x8000];

	memset(bench, 0, sizeof *bench);
	for (unsigned i = 0; i < 16; i++)
		put_word(bench->bytes + 0x80 * i, WORD_BR_X30);
	for (unsigned i = 0; i < SLOTS; i++) {
		uint8_t *slot = bench->bytes + 0x1000 + i * SLOT;

		put_word(slot, make_word(class));
		for (unsigned word = 1; word < SLOT / 4; word++)
			put_word(slot + 4 * word, WORD_SMC);
	}
	hvc_world_init(&bench->world, class->cpu);
	bench->segment =
	        (struct hvc_segment){BASE, sizeof bench->bytes, bench->bytes, sizeof bench->bytes};
	bench->image =
	        (struct hvc_image){.segment = &bench->segment, .segments = 1, .vectors = BASE};
	config.image = bench->image;
	ck_assert_int_eq(hvc_machine_open(&config, &diag, &bench->machine), HVC_OK);
	for (unsigned i = 0; i < sizeof pattern; i++)
		pattern[i] = (uint8_t)hvc_random(&random_state);
	ck_assert_int_eq(
	        hvc_machine_write(bench->machine, BUFFER - 0x4000, pattern, sizeof pattern),
	        HVC_OK);
}

static void close_bench(struct bench *bench)
{
	hvc_machine_close(bench->machine);
}

/* Values that make sense for the instruction: pointers where there is an access. */
static void choose_call(const struct class *class, uint32_t word, unsigned slot,
                        struct hvc_call *call)
{
	unsigned n = word >> 5 & 31, m = word >> 16 & 31;

	hvc_call_init(call, 0);
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++)
		call->x[i] = next_number();
	call->nzcv = hvc_random(&random_state) & HVC_PSTATE_NZCV;
	call->x[30] = CODE + slot * SLOT;
	if (class->kind == ACCESS && m < 30)
		call->x[m] = (uint64_t)(int64_t)(int8_t)hvc_random(&random_state);
	if (class->kind == ACCESS && n < 30)
		call->x[n] = BUFFER + (hvc_random(&random_state) & 0x7f0);
	if (class->kind == JUMP && n < 30)
		call->x[n] = call->x[30] + 4 * (1 + hvc_random(&random_state) % 6);
}

/* The state after the exception entry, as the machine has it. */
static struct hvc_way *enter(struct bench *bench, const struct class *class,
                             const struct hvc_call *call, struct hvc_model *model)
{
	static uint64_t value[INPUTS];
	struct hvc_way *way = hvc_way__open(&bench->scene);
	struct hvc_bvs *t = bench->scene.terms;
	uint64_t pstate = hvc_machine_entry(bench->machine)->v[HVC_REG_PSTATE];

	ck_assert_ptr_nonnull(way);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		value[n] = call->x[n];
		/* Addresses are numbers, so that memory is where it is. */
		if (class->kind == ACCESS || class->kind == JUMP || n == 30)
			way->x[n] = hvc_bv__num(t, 64, call->x[n]);
	}
	for (unsigned i = 0; i < 4; i++) {
		way->flags.bit[i] = hvc_bv__input(t, (const char *[]){"v", "c", "z", "n"}[i], 1);
		value[way->flags.bit[i]->value] = call->nzcv >> (28 + i) & 1;
	}
	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++)
		for (unsigned half = 0; half < 2; half++)
			way->q[n][half] = hvc_bv__num(t, 64, bench->simd.q[n][half]);
	way->sys[HVC_REG_ESR_EL2] = hvc_bv__num(t, 64, hvc_arch_esr(call->imm));
	way->sys[HVC_REG_ELR_EL2] = hvc_bv__num(t, 64, hvc_call__address(call) + 4);
	way->sys[HVC_REG_SPSR_EL2] =
	        hvc_bv__num(t, 64, call->nzcv | call->daif | pstate | hvc_level__mode(call->from));
	/* The entry leaves PAN alone and clears UAO. */
	way->pstate = hvc_bv__num(t, 64, pstate & HVC_PSTATE_PAN);
	*model = (struct hvc_model){.value = value, .count = INPUTS};
	return way;
}

struct result {
	const struct class *class;
	char text[96];
	uint32_t word;
	struct bench *bench;
	const struct hvc_call *call;
	const struct hvc_model *model;
};

static void assert_equal(const struct result *r, const char *what, unsigned n, hvc_ref term,
                         uint64_t wanted)
{
	uint64_t value = hvc_bv__eval(r->bench->scene.terms, term, r->model);
	char text[200];

	if (term->op == HVC_OP_OPAQUE) /* has no value here */
		return;
	hvc_bv__print(r->bench->scene.terms, term, text, sizeof text);
	ck_assert_msg(value == wanted,
	              "%s: 0x%08" PRIx32 " %s: %s%u is 0x%" PRIx64 " (%s), in the engine 0x%" PRIx64
	              "; x%u = 0x%" PRIx64 ", x%u = 0x%" PRIx64 ", nzcv 0x%" PRIx64,
	              r->class->name, r->word, r->text, what, n, value, text, wanted,
	              r->word >> 5 & 31, r->call->x[(r->word >> 5 & 31) % 31], r->word >> 16 & 31,
	              r->call->x[(r->word >> 16 & 31) % 31], r->call->nzcv);
}

static void assert_memory(const struct result *r, struct hvc_way *way)
{
	for (const struct hvc_log *log = way->log; log; log = log->before) {
		uint64_t value = 0;
		hvc_ref now;

		ck_assert_ptr_null(log->base);
		ck_assert_int_eq(
		        hvc_machine_read(r->bench->machine, log->offset, &value, log->size),
		        HVC_OK);
		ck_assert_int_eq(
		        hvc_memory__load(&r->bench->scene, way,
		                         hvc_bv__num(r->bench->scene.terms, 64, log->offset),
		                         log->size, &now),
		        HVC_ACCESS_OK);
		assert_equal(r, "memory of bytes ", log->size, now, value);
	}
}

static void assert_state(const struct result *r, struct hvc_way *way,
                         const struct hvc_outcome *outcome)
{
	struct hvc_bvs *t = r->bench->scene.terms;
	struct hvc_simd simd;

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		assert_equal(r, "x", n, way->x[n], outcome->state.v[n]);
	for (unsigned n = HVC_REG_SP_EL0; n < HVC_REG_COUNT; n++)
		if (way->sys[n] && (n <= HVC_REG_SP_EL2 || hvc_regset_has(&way->written, n)))
			assert_equal(r, "register ", n, way->sys[n], outcome->state.v[n]);
	assert_equal(r, "nzcv", 0, hvc_flags__all(t, &way->flags),
	             outcome->state.v[HVC_REG_NZCV] >> 28);
	assert_equal(r, "daif", 0, way->daif, outcome->state.v[HVC_REG_DAIF] >> 6);
	hvc_machine_simd(r->bench->machine, &simd);
	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++)
		for (unsigned half = 0; half < 2; half++)
			assert_equal(r, "q", n, way->q[n][half], simd.q[n][half]);
}

/* Where control goes, in terms of the lifter. */
static uint64_t follow(struct bench *bench, const struct hvc_lift *lift,
                       const struct hvc_model *model)
{
	uint64_t after = lift->pc + 4;

	switch (lift->next) {
	case HVC_NEXT_BRANCH:
		return lift->to;
	case HVC_NEXT_CHOICE:
		return hvc_bv__eval(bench->scene.terms, lift->condition, model) ? lift->to : after;
	case HVC_NEXT_INDIRECT:
		return hvc_bv__eval(bench->scene.terms, lift->target, model);
	default:
		return after;
	}
}

static void try_slot(struct bench *bench, const struct class *class, unsigned slot)
{
	struct hvc_call call;
	struct hvc_outcome outcome;
	struct hvc_diag diag = {0};
	struct hvc_lift lift;
	struct hvc_model model;
	struct hvc_way *way;
	struct result r = {.class = class, .bench = bench, .call = &call, .model = &model};
	uint64_t pc;

	ck_assert(hvc_memory__fetch(&(struct hvc_scene){.image = &bench->image}, CODE + slot * SLOT,
	                            &r.word));
	hvc_disasm(CODE + slot * SLOT, r.word, r.text, sizeof r.text);
	choose_call(class, r.word, slot, &call);
	bench->scene = (struct hvc_scene){.image = &bench->image,
	                                  .known = known,
	                                  .known_ctx = bench,
	                                  .memory = memory,
	                                  .memory_ctx = bench,
	                                  .addresses = 16};
	hvc_simd_init(&bench->simd, 0);
	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++)
		for (unsigned half = 0; half < 2; half++)
			bench->simd.q[n][half] = next_number();
	hvc_machine_set_simd(bench->machine, &bench->simd);
	ck_assert_int_eq(hvc_machine_reset(bench->machine, &diag), HVC_OK);
	ck_assert_int_eq(hvc_bv__open(0, &bench->scene.terms), HVC_OK);
	way = enter(bench, class, &call, &model);
	way->pc = CODE + slot * SLOT;
	hvc_lift__word(&bench->scene, way, r.word, &lift);
	/* A value that decides is a number here, since the inputs are not free. */
	if (lift.next == HVC_NEXT_UNLIFTED) {
		bench->unlifted++;
	} else {
		ck_assert_msg(lift.next != HVC_NEXT_FAILED && lift.next != HVC_NEXT_ASK, "%s",
		              r.text);
		ck_assert_int_eq(hvc_machine_call(bench->machine, &call, &diag, &outcome), HVC_OK);
		pc = follow(bench, &lift, &model);
		if (lift.next == HVC_NEXT_FAULT) {
			ck_assert_msg(outcome.kind == HVC_OUTCOME_FAULT &&
			                      hvc_arch_ec(outcome.esr) == lift.ec &&
			                      outcome.pc == lift.pc,
			              "%s: 0x%08" PRIx32
			              " %s: a fault of class 0x%x, not %s, 0x%" PRIx64,
			              class->name, r.word, r.text, lift.ec,
			              hvc_outcome_name(outcome.kind), outcome.esr);
		} else {
			ck_assert_msg(outcome.kind == HVC_OUTCOME_FORWARD &&
			                      (outcome.pc == pc || lift.next == HVC_NEXT_SMC),
			              "%s: 0x%08" PRIx32 " %s: to 0x%" PRIx64
			              ", not %s at 0x%" PRIx64,
			              class->name, r.word, r.text, pc,
			              hvc_outcome_name(outcome.kind), outcome.pc);
			assert_state(&r, way, &outcome);
			assert_memory(&r, way);
		}
	}
	hvc_way__free(way);
	hvc_bv__close(bench->scene.terms);
}

TEST_ROWS(each_class_does_what_the_engine_does, classes)
{
	const struct class *class = &classes[_i];
	const char *wanted = getenv("HVC_LIFT");
	unsigned long count = wanted ? strtoul(wanted, NULL, 0) : SLOTS;
	static struct bench bench;

	random_state += (uint64_t)_i * UINT64_C(0x9e3779b97f4a7c15);
	for (unsigned long done = 0; done < count; done += SLOTS) {
		open_bench(&bench, class);
		for (unsigned slot = 0; slot < SLOTS; slot++)
			try_slot(&bench, class, slot);
		ck_assert_msg(bench.unlifted < SLOTS / 2, "%s: %u of %u are not lifted",
		              class->name, bench.unlifted, SLOTS);
		close_bench(&bench);
	}
}

/* LDSMAX and its kin of 8, 16 and 32 bits, as Arm ARM C6.2 has them: both operands have these. */
TEST(narrow_atomics)
{
	static const struct {
		uint32_t word; /* x2, x0, [x1] */
		unsigned size;
		uint64_t memory, operand, wanted;
	} rows[] = {
	        {0x38224020, 1, 0x80, 1, 1},
	        {0x38225020, 1, 0x80, 1, 0x80},
	        {0x78224020, 2, 0x8d4f, 0x29, 0x29},
	        {0x78225020, 2, 0x29, 0xfffff, 0xffff},
	        {0xb8224020, 4, 0x80000000, 0x100000000, 0},
	        {0xb8225020, 4, 5, UINT64_MAX, UINT32_MAX},
	        {0x38226020, 1, 0xfa, UINT64_MAX - 0x1a, 0xfa},
	        {0x78227020, 2, 0xfa, UINT64_MAX << 16, 0},
	        {0xb8226020, 4, 0xfa, UINT64_C(0x100000001), 0xfa},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_image image = {0};
		struct hvc_scene scene = {.image = &image, .addresses = 16};
		struct hvc_lift lift;
		struct hvc_way *way;
		hvc_ref address, now;

		ck_assert_int_eq(hvc_bv__open(0, &scene.terms), HVC_OK);
		way = hvc_way__open(&scene);
		ck_assert_ptr_nonnull(way);
		way->sys[HVC_REG_SCTLR_EL2] = hvc_bv__num(scene.terms, 64, 0);
		address = hvc_bv__num(scene.terms, 64, BASE);
		way->x[1] = address;
		way->x[2] = hvc_bv__num(scene.terms, 64, rows[i].operand);
		ck_assert_int_eq(hvc_memory__store(
		                         &scene, way, address, rows[i].size,
		                         hvc_bv__num(scene.terms, 8 * rows[i].size, rows[i].memory),
		                         NULL),
		                 HVC_ACCESS_OK);
		hvc_lift__word(&scene, way, rows[i].word, &lift);
		ck_assert_int_eq(lift.next, HVC_NEXT_FALL);
		ck_assert_int_eq(hvc_memory__load(&scene, way, address, rows[i].size, &now),
		                 HVC_ACCESS_OK);
		ck_assert_uint_eq(now->value, rows[i].wanted);
		ck_assert_uint_eq(way->x[0]->value, rows[i].memory);
		hvc_way__free(way);
		hvc_bv__close(scene.terms);
	}
}

SUITE_MAIN("lift")
