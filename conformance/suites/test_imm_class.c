/* SPDX-License-Identifier: MIT */
/*
 * Immediates that Hyp mode is said not to tell apart: the outcome that is told without a call is
 * that of the call, register by register; for built-in subjects, for code that is made for it, and
 * for random A32 code that reckons with HSR and ELR_hyp.
 */
#include "engine/imm_class.h"

#include "base/random.h"
#include "hvcheck/aarch32.h"
#include "subject/builtin.h"
#include "subject/subject.h"
#include "under_test.h"

#define WORDS       64u
#define READ_HSR(r) (UINT32_C(0xee150f12) | (uint32_t)(r) << 12 | UINT32_C(0x00800000))
#define READ_ELR(r) (UINT32_C(0xe10e0300) | (uint32_t)(r) << 12)
#define ERET        UINT32_C(0xe160006e)

struct trial {
	struct hvc_subject *subject;
	struct hvc_world world;
	struct hvc_imm_classes *classes;
	struct hvc_machine *machine;
	unsigned told, asked;
};

static void begin(struct trial *t, const char *name)
{
	struct hvc_diag diag = {0};

	*t = (struct trial){.subject = NULL};
	hvc_world_init(&t->world, HVC_CPU_A15);
	ck_assert_msg(hvc_subject_open(name, &diag, &t->subject) == HVC_OK, "%s", diag.message);
	ck_assert_int_eq(hvc_subject__resolve(t->subject, &t->world, &diag), HVC_OK);
	ck_assert_int_eq(
	        hvc_imm_classes__open(&(struct hvc_lost_machine){t->subject, &t->world, 20000},
	                              &diag, &t->classes),
	        HVC_OK);
	t->machine = open_machine(t->subject, &t->world);
}

static void end(struct trial *t)
{
	hvc_machine_close(t->machine);
	hvc_imm_classes__close(t->classes);
	hvc_subject_close(t->subject);
}

static bool is_same(const struct hvc_outcome *a, const struct hvc_outcome *b)
{
	return a->kind == b->kind && a->level == b->level && a->pc == b->pc && a->esr == b->esr &&
	       a->far == b->far && a->stores == b->stores && a->el2_stores == b->el2_stores &&
	       a->untracked == b->untracked && a->unset == b->unset &&
	       !memcmp(&a->state, &b->state, sizeof a->state) &&
	       !memcmp(a->store, b->store, sizeof a->store) &&
	       !memcmp(&a->written, &b->written, sizeof a->written) &&
	       !memcmp(&a->answered, &b->answered, sizeof a->answered) &&
	       a->others.count == b->others.count;
}

static void compare(struct trial *t, const struct hvc_call *made, uint16_t imm)
{
	const struct hvc_outcome *told;
	const struct hvc_call *call;
	struct hvc_call one = *made;
	struct hvc_diag diag = {0};
	struct hvc_outcome real;

	t->asked++;
	if (!hvc_imm_classes__has(t->classes, imm))
		return;
	t->told++;
	told = hvc_imm_classes__outcome(t->classes, imm, &call);
	ck_assert_uint_eq(call->imm, imm);
	one.imm = imm;
	ck_assert_int_eq(hvc_machine_reset(t->machine, &diag), HVC_OK);
	real = make_call(t->machine, &one);
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		ck_assert_msg(
		        told->state.v[i] == real.state.v[i],
		        "%s: %s #0x%x from %s, x0 = 0x%llx: %s is 0x%llx, told 0x%llx (%s, %s)",
		        hvc_subject_name(t->subject), hvc_insn_name(one.insn), imm,
		        hvc_level_name(one.from), (unsigned long long)one.x[0],
		        hvc_reg_name((enum hvc_reg)i), (unsigned long long)real.state.v[i],
		        (unsigned long long)told->state.v[i], hvc_outcome_name(real.kind),
		        hvc_outcome_name(told->kind));
	ck_assert_msg(is_same(told, &real), "%s #0x%x: %s at 0x%llx, told %s at 0x%llx",
	              hvc_insn_name(one.insn), imm, hvc_outcome_name(real.kind),
	              (unsigned long long)real.pc, hvc_outcome_name(told->kind),
	              (unsigned long long)told->pc);
}

/* Immediates far and wide, and those next to each that begins a class. */
static void compare_all(struct trial *t, const struct hvc_call *call)
{
	static const uint16_t some[] = {0,      1,      2,      0xea0, 0xea1, 0xea2,  0x4a48,
	                                0x4a49, 0x1234, 0x764d, 0xff,  0x100, 0xfffe, 0xffff};
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_imm_classes__find(t->classes, call, &diag), HVC_OK);
	for (unsigned i = 0; i < sizeof some / sizeof *some; i++)
		compare(t, call, some[i]);
	for (unsigned imm = 3; imm < HVC_IMM_COUNT; imm += 8191)
		compare(t, call, (uint16_t)imm);
}

/* What callers of 32 bits put into r0 and r12. */
TEST(built_in_subjects)
{
	static const uint64_t values[] = {0,          1,          2,          3,         7,
	                                  0x80000000, 0x84000000, 0xffffffff, 0x80008000};
	const struct hvc_builtin *builtin;
	unsigned told = 0, asked = 0;

	for (unsigned i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct trial t;

		if (!strstr(builtin->name, "arm32") && !strstr(builtin->name, "linux-arm-"))
			continue;
		begin(&t, builtin->name);
		for (unsigned n = 0; n < 2 * sizeof values / sizeof *values; n++)
			for (enum hvc_insn insn = HVC_INSN_HVC_A32; insn < HVC_INSN_COUNT;
			     insn += n & 1 ? 1 : 2) {
				struct hvc_call call;

				hvc_call_init(&call, n);
				call.insn = insn;
				call.from = insn == HVC_INSN_HVC_A32 && n % 8 == 7
				                    ? HVC_LEVEL_EL2_HYP
				                    : HVC_LEVEL_EL1_SVC;
				call.x[n & 1 ? 12 : 0] = values[n / 2];
				compare_all(&t, &call);
			}
		told += t.told;
		asked += t.asked;
		end(&t);
	}
	/* All but few: of T32 code and of returns to other places nothing is told. */
	ck_assert_uint_gt(told, asked * 9 / 10);
}

/* A table that enters this code from below, in a file. */
static void begin_code(struct trial *t, const uint32_t *code, unsigned words)
{
	static uint32_t image[0x200];

	memset(image, 0, sizeof image);
	image[0x24 / 4] = 0x016f2818; /* a zImage's magic number */
	for (unsigned slot = 0; slot < 8; slot++)
		image[0x100 + slot] = slot == 5 ? 0xea000001 : 0xeafffffe;
	memcpy(image + 0x108, code, words * sizeof *code);
	suite_put(HVC_BINARY_DIR "/imm_class.zImage", image, sizeof image);
	begin(t, HVC_BINARY_DIR "/imm_class.zImage@+0x400");
}

/* Code, whether something is told of it, and in how many of the classes that are looked at. */
static const struct {
	const char *what;
	uint32_t code[12];
	bool told;
} codes[] = {
        {"ubfx r0, hsr, #4, #8", {READ_HSR(0), 0xe7e70250, ERET}, true},
        {"the immediate to r3", {READ_HSR(3), 0xe6ff3073, ERET}, true},
        {"bfc, cmp #0xea1, movne r1",
         {READ_HSR(0), 0xe7df081f, 0xe3001ea1, 0xe1500001, 0x13a01007, ERET},
         true},
        {"push, pop of hsr", {READ_HSR(0), 0xe52d0004, 0xe3a00000, 0xe49d2004, ERET}, true},
        {"ldm of what stm put there",
         {READ_HSR(0), READ_ELR(1), 0xe92d0003, 0xe8bd0030, ERET},
         true},
        {"elr + 4", {READ_ELR(0), 0xe2800004, 0xe12ef300, ERET}, false},
        {"elr - 4", {READ_ELR(0), 0xe2400004, 0xe12ef300, ERET}, true},
        {"a branch by the immediate", {READ_HSR(0), 0xe6ef0070, 0xe08ff100, ERET}, false},
        {"a load by the immediate", {READ_HSR(0), 0xe7dd0000, ERET}, false},
        {"multiplied", {READ_HSR(0), 0xe0000090, ERET}, false},
        {"stored for the caller to see", {READ_HSR(0), 0xe5830000, ERET}, false},
        {"flags of the caller from it",
         {READ_HSR(0), 0xe1a00800, 0xe128f000, 0xe14f1000, ERET},
         false},
        {"movs with a carry", {READ_HSR(0), 0xe1b000a0, 0x23a01001, 0x33a01002, ERET}, true},
        {"an svc at EL2", {READ_HSR(0), 0xef000000, ERET}, true},
        {"udf", {READ_HSR(0), 0xe7f000f0}, true},
        {"lr of undefined mode from elr", {READ_ELR(0), 0xe126f300, ERET}, true},
};

TEST_ROWS(what_code_makes_of_it, codes)
{
	struct hvc_call call;
	struct trial t;

	begin_code(&t, codes[_i].code, 12);
	hvc_call_init(&call, 0);
	call.insn = HVC_INSN_HVC_A32;
	call.from = HVC_LEVEL_EL1_SVC;
	compare_all(&t, &call);
	ck_assert_msg(codes[_i].told ? t.told == t.asked : t.told < t.asked / 2, "%s: %u of %u",
	              codes[_i].what, t.told, t.asked);
	end(&t);
}

/* Data processing, fields, extensions, loads and stores of r0 to r7, on any condition. */
static uint32_t random_word(uint64_t *state)
{
	uint64_t r = hvc_random(state);
	uint32_t regs = (uint32_t)((r & 7) << 16 | (r >> 3 & 7) << 12 | (r >> 6 & 7));
	uint32_t condition =
	        r >> 9 & 3 ? UINT32_C(0xe0000000) : (uint32_t)(r >> 11 & 0xf) % 15 << 28;
	uint32_t op = (uint32_t)(r >> 15 & 15), s = (uint32_t)(r >> 19 & 1);
	uint32_t imm = (uint32_t)(r >> 20 & 0xfff);

	if (op >= 8 && op < 12)
		s = 1, regs &= ~UINT32_C(0xf000);
	switch (r >> 32 & 7) {
	case 0: /* UBFX, SBFX */
		return condition | 0x07a00050 | (uint32_t)(r >> 35 & 1) << 22 | (regs & 0xf00f) |
		       (imm & 15) << 16 | (imm >> 4 & 15) << 7;
	case 1: /* SXTB, UXTH, ... */
		return condition | 0x06af0070 | (uint32_t)(r >> 35 & 1) << 22 |
		       (uint32_t)(r >> 36 & 1) << 20 | (regs & 0xf00f) | (imm & 3) << 10;
	case 2: /* BFI, BFC */
		return condition | 0x07c00010 | (regs & 0xf00f) | (r >> 35 & 1 ? 15 : 0) |
		       (imm & 15) << 7 | ((imm & 15) + (imm >> 4 & 15)) << 16;
	case 3: /* LDR, STR, LDRB, STRB to the stack */
		return condition | 0x050d0000 | (regs & 0xf000) | (uint32_t)(r >> 35 & 1) << 20 |
		       (r >> 36 & 7 ? 0 : UINT32_C(1) << 22) | (imm & 0x1c);
	case 4: /* an immediate */
	case 5:
		return condition | 0x02000000 | op << 21 | s << 20 | (regs & 0xff000) | imm;
	default: /* a register, and a shift by an immediate */
		return condition | op << 21 | s << 20 | regs | (imm & 0x7f) << 5;
	}
}

TEST(random_code)
{
	uint64_t state = 17;
	unsigned told = 0, asked = 0;

	for (unsigned n = 0; n < (suite_is_full() ? 3000 : 20); n++) {
		uint32_t code[WORDS];
		struct hvc_call call;
		struct trial t;
		unsigned words = 0;

		code[words++] = READ_HSR(n % 8);
		code[words++] = READ_ELR((n + 1) % 8);
		while (words < 20)
			code[words++] = random_word(&state);
		code[words++] = ERET;
		begin_code(&t, code, words);
		hvc_call_init(&call, n);
		call.insn = n & 1 ? HVC_INSN_HVC_T32 : HVC_INSN_HVC_A32;
		call.from = HVC_LEVEL_EL1_SVC;
		compare_all(&t, &call);
		told += t.told;
		asked += t.asked;
		end(&t);
	}
	ck_assert_uint_gt(told, asked / 4);
}

SUITE_MAIN("imm_class")
