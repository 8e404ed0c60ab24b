/* SPDX-License-Identifier: MIT */
/**
 * The lifter against executors that share no code with the engine, VIXL's simulator and dynarmic:
 * random instructions of each class in random states, every register, flag and byte of memory.
 * HVC_LIFT=N tries N a class of each. Built with those of the two that are there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hvcheck/machine.h"
#include "lift_other.h"
#include "lift_random.h"
#include "suite.h"
#include "symbolic/lift.h"

#define TRIES 500u

/* Where VIXL's simulator, which has no memory of its own, finds all that is accessed. */
#define BASE   UINT64_C(0x200000000)
#define SIZE   UINT64_C(0x80000)
#define CODE   (BASE + 0x2000)
#define BUFFER (BASE + 0x40000)

/* Too many nodes to go on with these terms. */
#define NODES 100000u

struct other {
	const char *name;
	void (*open)(void);
	bool (*step)(struct other_state *state);
};

static const struct other others[] = {
#ifdef HVC_WITH_VIXL
        {"vixl", &vixl_open, &vixl_step},
#endif
#ifdef HVC_WITH_DYNARMIC
        {"dynarmic", &dynarmic_open, &dynarmic_step},
#endif
        {NULL, NULL, NULL},
};

#define OTHERS (sizeof others / sizeof *others - 1)

/* What is not of EL0, or not of one instruction alone, or optional. */
static bool is_for_others(const struct class *class)
{
	static const struct {
		uint32_t mask, value;
	} system[] = {
	        {0xff000000, 0xd5000000}, /* system registers, hints, barriers */
	        {0xff000000, 0xd4000000}, /* exceptions */
	        {0xff000000, 0xd6000000}, /* branches by signed pointers; BR and its kin are below
	                                   */
	        {0x3f000000, 0x08000000}, /* exclusives, CAS */
	        {0xffff0000, 0xdac10000}, /* pointer authentication */
	        {0xff200400, 0xf8200400}, {0x3f200c00, 0x38200000}, /* atomics */
	};

	if (class->kind == JUMP)
		return class->value == 0xd61f0000;
	for (size_t i = 0; i < sizeof system / sizeof *system; i++)
		if ((class->value & system[i].mask) == system[i].value)
			return false;
	return true;
}

/* Of VIXL 5.1.0, where the engine and dynarmic say what the lifter does. */
static const struct {
	uint32_t mask, value;
} faults[] = {
        {0xff800000, 0x72800000}, /* MOVK of 32 bits is sign-extended */
        {0x3b200c00, 0x38000800}, /* unprivileged loads and stores do nothing */
        {0xbfa003e0, 0x0c8003e0}, /* LD1, ST1 with SP after: SP stays */
        {0xbf8003e0, 0x0d8003e0},
};

static bool is_known_fault(const struct other *other, uint32_t word)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (!strcmp(other->name, "vixl") && (word & faults[i].mask) == faults[i].value)
			return true;
	return false;
}

struct bench {
	const struct other *other;
	const struct class *class;
	struct hvc_scene scene;
	struct hvc_image image;
	uint8_t *memory, *pristine;
	struct other_state before, after;
	uint32_t word;
	unsigned tried, refused;
};

static enum hvc_knowledge known(void *ctx, const uint8_t encoding[5], uint64_t *value)
{
	(void)ctx;
	(void)encoding;
	*value = 0;
	return HVC_KNOWN_INPUT;
}

static enum hvc_knowledge memory(void *ctx, uint64_t address, uint64_t *value)
{
	const struct bench *bench = ctx;

	if (address - BASE >= SIZE - 8)
		return HVC_KNOWN_ABSENT;
	memcpy(value, bench->pristine + (address - BASE), sizeof *value);
	return HVC_KNOWN_VALUE;
}

static void open_terms(struct bench *bench)
{
	bench->scene = (struct hvc_scene){.image = &bench->image,
	                                  .known = known,
	                                  .memory = memory,
	                                  .memory_ctx = bench,
	                                  .addresses = 16};
	ck_assert_int_eq(hvc_bv__open(0, &bench->scene.terms), HVC_OK);
}

static void open_bench(struct bench *bench, const struct other *other, const struct class *class)
{
	memset(bench, 0, sizeof *bench);
	bench->other = other;
	bench->class = class;
	bench->memory = mmap((void *)BASE, SIZE, PROT_READ | PROT_WRITE,
	                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	ck_assert_uint_eq((uintptr_t)bench->memory, BASE);
	bench->pristine = malloc(SIZE);
	ck_assert_ptr_nonnull(bench->pristine);
	for (size_t i = 0; i < SIZE; i += 8) {
		uint64_t value = next_number();

		memcpy(bench->pristine + i, &value, sizeof value);
	}
	memcpy(bench->memory, bench->pristine, SIZE);
	open_terms(bench);
	other->open();
}

static void close_bench(struct bench *bench)
{
	ck_assert_mem_eq(bench->memory, bench->pristine, SIZE); /* no other byte was written */
	hvc_bv__close(bench->scene.terms);
	free(bench->pristine);
	munmap(bench->memory, SIZE);
}

static void choose_state(struct bench *bench)
{
	struct other_state *s = &bench->before;
	unsigned n = bench->word >> 5 & 31, m = bench->word >> 16 & 31;

	for (unsigned i = 0; i < 31; i++)
		s->x[i] = next_number();
	for (unsigned i = 0; i < 64; i++)
		s->q[i / 2][i % 2] = next_number();
	s->sp = bench->class->kind == ACCESS ? BUFFER + (hvc_random(&random_state) & 0x7f0)
	                                     : next_number();
	s->nzcv = hvc_random(&random_state) & HVC_PSTATE_NZCV;
	s->pc = CODE;
	if (bench->class->kind == ACCESS && m < 31)
		s->x[m] = (uint64_t)(int64_t)(int8_t)hvc_random(&random_state);
	if (bench->class->kind == ACCESS && n < 31)
		s->x[n] = BUFFER + (hvc_random(&random_state) & 0x7f0);
	if (bench->class->kind == JUMP && n < 31)
		s->x[n] = CODE + 4 * (hvc_random(&random_state) % 64);
}

static struct hvc_way *enter(struct bench *bench)
{
	struct hvc_way *way = hvc_way__open(&bench->scene);
	struct hvc_bvs *t = bench->scene.terms;
	const struct other_state *s = &bench->before;

	ck_assert_ptr_nonnull(way);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		way->x[n] = hvc_bv__num(t, 64, s->x[n]);
	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++)
		for (unsigned half = 0; half < 2; half++)
			way->q[n][half] = hvc_bv__num(t, 64, s->q[n][half]);
	for (unsigned i = 0; i < 4; i++)
		way->flags.bit[i] = hvc_bv__num(t, 1, s->nzcv >> (28 + i));
	way->sys[HVC_REG_SP_EL2] = hvc_bv__num(t, 64, s->sp);
	way->sys[HVC_REG_CPTR_EL2] = way->sys[HVC_REG_HCR_EL2] = way->sys[HVC_REG_SCTLR_EL2] =
	        hvc_bv__num(t, 64, 0);
	way->pc = s->pc;
	return way;
}

static void same(const struct bench *bench, const char *what, unsigned n, uint64_t lifted,
                 uint64_t other)
{
	unsigned rn = bench->word >> 5 & 31, rm = bench->word >> 16 & 31;
	char text[96];

	if (lifted == other)
		return;
	hvc_disasm(CODE, bench->word, text, sizeof text);
	ck_abort_msg("%s: 0x%08" PRIx32 " %s: %s%u is 0x%" PRIx64 ", in %s 0x%" PRIx64
	             "; x%u = 0x%" PRIx64 ", x%u = 0x%" PRIx64 ", nzcv 0x%" PRIx64,
	             bench->class->name, bench->word, text, what, n, lifted, bench->other->name,
	             other, rn, bench->before.x[rn % 31], rm, bench->before.x[rm % 31],
	             bench->before.nzcv);
}

static uint64_t target(const struct hvc_lift *lift)
{
	switch (lift->next) {
	case HVC_NEXT_BRANCH:
		return lift->to;
	case HVC_NEXT_INDIRECT:
		return lift->target->value;
	default:
		return lift->pc + 4;
	}
}

static void compare(struct bench *bench, struct hvc_way *way, const struct hvc_lift *lift)
{
	const struct other_state *s = &bench->after;

	same(bench, "pc", 0, target(lift), s->pc);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		same(bench, "x", n, way->x[n]->value, s->x[n]);
	same(bench, "sp", 0, way->sys[HVC_REG_SP_EL2]->value, s->sp);
	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++)
		for (unsigned half = 0; half < 2; half++)
			same(bench, half ? "upper half of q" : "q", n, way->q[n][half]->value,
			     s->q[n][half]);
	same(bench, "nzcv", 0, hvc_flags__all(bench->scene.terms, &way->flags)->value,
	     s->nzcv >> 28);
	for (const struct hvc_log *log = way->log; log; log = log->before) {
		uint64_t there = 0;
		hvc_ref now;

		memcpy(&there, (const void *)log->offset, log->size);
		ck_assert_int_eq(hvc_memory__load(&bench->scene, way,
		                                  hvc_bv__num(bench->scene.terms, 64, log->offset),
		                                  log->size, &now),
		                 HVC_ACCESS_OK);
		same(bench, "memory of bytes ", log->size, now->value, there);
	}
	for (const struct hvc_log *log = way->log; log; log = log->before)
		memcpy((void *)log->offset, bench->pristine + (log->offset - BASE), log->size);
}

static void try_one(struct bench *bench)
{
	struct hvc_lift lift;
	struct hvc_way *way;

	bench->word = make_word(bench->class);
	if (is_known_fault(bench->other, bench->word))
		return;
	choose_state(bench);
	memcpy(bench->memory + (CODE - BASE), &bench->word, sizeof bench->word);
	memcpy(bench->pristine + (CODE - BASE), &bench->word, sizeof bench->word);
	way = enter(bench);
	hvc_lift__word(&bench->scene, way, bench->word, &lift);
	ck_assert_int_ne(lift.next, HVC_NEXT_FAILED);
	ck_assert_int_ne(lift.next, HVC_NEXT_ASK);
	/* What is undefined, or may differ by CPU, the one stops at and the other does not say. */
	if (lift.next != HVC_NEXT_UNLIFTED && lift.next != HVC_NEXT_FAULT) {
		bench->after = bench->before;
		if (bench->other->step(&bench->after)) {
			compare(bench, way, &lift);
			bench->tried++;
		} else {
			bench->refused++;
		}
	}
	hvc_way__free(way);
	if (hvc_bv__nodes(bench->scene.terms) > NODES) {
		hvc_bv__close(bench->scene.terms);
		open_terms(bench);
	}
}

static const struct class *class_at[2 * CLASSES];
static const struct other *other_at[2 * CLASSES];

TEST_OF_MAIN(each_class_does_what_the_other_does)
{
	const char *wanted = getenv("HVC_LIFT");
	unsigned long count = wanted ? strtoul(wanted, NULL, 0) : TRIES;
	struct bench bench;

	random_state += (uint64_t)_i * UINT64_C(0x9e3779b97f4a7c15);
	open_bench(&bench, other_at[_i], class_at[_i]);
	for (unsigned long i = 0; i < count; i++)
		try_one(&bench);
	ck_assert_msg(bench.tried > count / 8 && bench.refused < count / 8,
	              "%s: %u compared, %u refused by %s, of %lu", bench.class->name, bench.tried,
	              bench.refused, bench.other->name, count);
	close_bench(&bench);
}

int main(void)
{
	static char names[2 * CLASSES][64];
	unsigned used = 0;

	if (!OTHERS) {
		puts("skipped: built without VIXL and dynarmic (libvixl-dev, libdynarmic-dev)");
		return 77;
	}
	for (size_t o = 0; o != OTHERS; o++)
		for (size_t i = 0; i < CLASSES; i++) {
			if (!is_for_others(&classes[i]))
				continue;
			snprintf(names[used], sizeof *names, "%s: %s", others[o].name,
			         classes[i].name);
			class_at[used] = &classes[i];
			other_at[used] = &others[o];
			suite_enter(names[used], each_class_does_what_the_other_does, (int)used,
			            __LINE__);
			used++;
		}
	return suite_run("lift_others");
}
