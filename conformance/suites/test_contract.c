/* SPDX-License-Identifier: MIT */
/*
 * What each call returns, changes and preserves, by a table written by hand from the kernel's
 * sources: no specification is read here. Every immediate is called, and after each call x0..x30,
 * the flags, the interrupt masks, all stack pointers and every system register that the CPU has
 * are compared with the value they must have. One Check test a subject, named after it.
 *
 * Sources: Linux 3.8, 4.7, 4.12 and 6.0 arch/arm64/kernel/hyp-stub.S; for the calls by immediate
 * the arm64 kexec series of 2014 to 2016 (open-sailing/kernel 35698353, sbourdelin/linux
 * 1132502f); Arm ARM D1.3 for what the exception itself changes.
 */
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "under_test.h"

#define STUB_ERROR UINT64_C(0x0badca11)
#define A          HVC_NEW_VECTORS
/* A kernel's pointer to HVC_FUNCTION: the same in its lower 39 bits. */
#define KERNEL_FUNCTION (HVC_FUNCTION | UINT64_C(0xffffff8000000000))

enum source {
	END, /* of a list of effects */
	CONST,
	COPY,     /* a register as it was at the call */
	IMM,      /* the immediate */
	FUNCTION, /* what HVC_FUNCTION returns for x1, x2, x3 */
};

struct effect {
	enum source source;
	unsigned reg;
	uint64_t value; /* the constant, or the register that is copied */
};

struct row {
	const char *subject;
	unsigned lo, hi; /* immediates */
	uint64_t x0, x1; /* x1 0: any */
	enum hvc_insn insn;
	enum hvc_level from;
	enum hvc_outcome_kind kind;
	struct effect effect[6];
};

/* clang-format off */
#define ALL          0, 0xffff
#define HVC1         HVC_INSN_HVC, HVC_LEVEL_EL1H
#define HVC1T        HVC_INSN_HVC, HVC_LEVEL_EL1T
#define HVC2         HVC_INSN_HVC, HVC_LEVEL_EL2H
#define HVC2T        HVC_INSN_HVC, HVC_LEVEL_EL2T
#define SMC1         HVC_INSN_SMC, HVC_LEVEL_EL1H
#define RETURN       HVC_OUTCOME_RETURN
#define RETRY        HVC_OUTCOME_RETRY
#define SPIN         HVC_OUTCOME_SPIN
#define JUMP         HVC_OUTCOME_JUMP
#define VBAR         HVC_REG_VBAR_EL2
#define IS(reg, v)   {CONST, reg, v}
#define WAS(reg, v)  {COPY, reg, v}
#define IS_IMM(reg)  {IMM, reg, 0}
#define CALLED(reg)  {FUNCTION, reg, 0}
#define NOTHING      {{END, 0, 0}}
#define RESTARTED    WAS(0, 2), WAS(1, 3), WAS(2, 4), WAS(4, 1)
#define CALL_EFFECTS CALLED(0), WAS(1, 2), WAS(2, 3)
/* clang-format on */

/* clang-format off */
static const struct row rows[] = {
	/* 3.8 to 4.6: x0 zero gets, any other x0 is set; x1 is left with the exception class. */
	{"linux-stub-3.8", ALL, 0, A, HVC1, RETURN, {WAS(0, VBAR), IS(1, 0x16)}},
	{"linux-stub-3.8", ALL, 0, A, HVC1T, RETURN, {WAS(0, VBAR), IS(1, 0x16)}},
	{"linux-stub-3.8", ALL, 1, A, HVC1, RETURN, {WAS(VBAR, 0), IS(1, 0x16)}},
	{"linux-stub-3.8", ALL, 2, A, HVC1, RETURN, {WAS(VBAR, 0), IS(1, 0x16)}},
	{"linux-stub-3.8", ALL, A, 0, HVC1, RETURN, {WAS(VBAR, 0), IS(1, 0x16)}},
	{"linux-stub-3.8", ALL, UINT64_C(1) << 32, A, HVC1, RETURN, {WAS(VBAR, 0), IS(1, 0x16)}},
	{"linux-stub-3.8", ALL, 0, A, SMC1, RETRY, {IS(1, 0x17)}},
	{"linux-stub-3.8", ALL, 2, 0, HVC2, SPIN, NOTHING},
	{"linux-stub-3.8", ALL, 2, 0, HVC2T, SPIN, NOTHING},

	/* 4.7: x0 is a number; lr is left with the exception class. */
	{"linux-stub-4.7", ALL, 0, A, HVC1, RETURN, {WAS(0, VBAR), IS(30, 0x16)}},
	{"linux-stub-4.7", ALL, 1, A, HVC1, RETURN, {WAS(VBAR, 1), IS(30, 0x16)}},
	{"linux-stub-4.7", ALL, 1, A, HVC1T, RETURN, {WAS(VBAR, 1), IS(30, 0x16)}},
	{"linux-stub-4.7", ALL, 2, A, HVC1, RETURN, {IS(0, 2), IS(30, 0x16)}},
	{"linux-stub-4.7", ALL, 3, A, HVC1, RETURN, {IS(0, 2), IS(30, 0x16)}},
	{"linux-stub-4.7", ALL, A, 0, HVC1, RETURN, {IS(0, 2), IS(30, 0x16)}},
	{"linux-stub-4.7", ALL, UINT64_C(1) << 32, A, HVC1, RETURN, {IS(0, 2), IS(30, 0x16)}},
	{"linux-stub-4.7", ALL, 0, A, SMC1, RETRY, {IS(30, 0x17)}},
	{"linux-stub-4.7", ALL, 2, 0, HVC2, SPIN, NOTHING},
	{"linux-stub-4.7", ALL, 2, 0, HVC2T, SPIN, NOTHING},

	/* 4.12 to 5.11: set, soft restart, reset; the exception class is not looked at. */
	{"linux-stub-4.12", ALL, 0, A, HVC1, RETURN, {WAS(VBAR, 1), IS(0, 0)}},
	{"linux-stub-4.12", ALL, 0, A, HVC1T, RETURN, {WAS(VBAR, 1), IS(0, 0)}},
	{"linux-stub-4.12", ALL, 1, A, HVC1, JUMP, {RESTARTED}},
	{"linux-stub-4.12", ALL, 2, A, HVC1, RETURN, {IS(0, 0)}},
	{"linux-stub-4.12", ALL, 3, A, HVC1, RETURN, {IS(0, STUB_ERROR)}},
	{"linux-stub-4.12", ALL, 4, A, HVC1, RETURN, {IS(0, STUB_ERROR)}},
	{"linux-stub-4.12", ALL, A, 0, HVC1, RETURN, {IS(0, STUB_ERROR)}},
	{"linux-stub-4.12", ALL, UINT64_C(1) << 32, A, HVC1, RETURN, {IS(0, STUB_ERROR)}},
	{"linux-stub-4.12", ALL, 0, A, SMC1, RETRY, {WAS(VBAR, 1), IS(0, 0)}},
	{"linux-stub-4.12", ALL, 2, 0, HVC2, SPIN, NOTHING},
	{"linux-stub-4.12", ALL, 2, 0, HVC2T, SPIN, NOTHING},

	/* 6.0: as 4.12, for callers at EL2h too; call 3 finds no VHE here and leaves 0 in x1. */
	{"linux-stub-6.0", ALL, 0, A, HVC1, RETURN, {WAS(VBAR, 1), IS(0, 0)}},
	{"linux-stub-6.0", ALL, 1, A, HVC1, JUMP, {RESTARTED}},
	{"linux-stub-6.0", ALL, 2, A, HVC1, RETURN, {IS(0, 0)}},
	{"linux-stub-6.0", ALL, 3, A, HVC1, RETURN, {IS(0, STUB_ERROR), IS(1, 0)}},
	{"linux-stub-6.0", ALL, 4, A, HVC1, RETURN, {IS(0, STUB_ERROR)}},
	{"linux-stub-6.0", ALL, A, 0, HVC1, RETURN, {IS(0, STUB_ERROR)}},
	{"linux-stub-6.0", ALL, UINT64_C(1) << 32, A, HVC1, RETURN, {IS(0, STUB_ERROR)}},
	{"linux-stub-6.0", ALL, 0, A, SMC1, RETRY, {WAS(VBAR, 1), IS(0, 0)}},
	{"linux-stub-6.0", ALL, 0, A, HVC2, RETURN, {WAS(VBAR, 1), IS(0, 0)}},
	{"linux-stub-6.0", ALL, 2, 0, HVC2, RETURN, {IS(0, 0)}},
	{"linux-stub-6.0", ALL, 2, 0, HVC2T, SPIN, NOTHING},

	/* By immediate: x17 is left with the exception class and x18 with the immediate, or lr. */
	{"linux-stub-imm", 0, 0, A, 0, HVC1, RETURN, {IS(17, 0x16), IS_IMM(18)}},
	{"linux-stub-imm", 1, 1, A, 0, HVC1, RETURN, {WAS(0, VBAR), IS(17, 0x16), IS_IMM(18)}},
	{"linux-stub-imm", 2, 2, A, 0, HVC1, RETURN, {WAS(VBAR, 0), IS(17, 0x16), IS_IMM(18)}},
	{"linux-stub-imm", 3, 3, A, 0, HVC1, RETURN, {IS(17, 0x16), IS_IMM(18)}},
	{"linux-stub-imm", 4, 4, HVC_FUNCTION, 0, HVC1, RETURN,
	 {CALL_EFFECTS, IS(17, 0x16), WAS(18, 30)}},
	{"linux-stub-imm", 5, 0xffff, A, 0, HVC1, RETURN, {IS(17, 0x16), IS_IMM(18)}},
	{"linux-stub-imm", ALL, A, 0, SMC1, RETRY, {IS(17, 0x17), IS_IMM(18)}},
	{"linux-stub-imm", ALL, 2, 0, HVC2, SPIN, NOTHING},

	{"linux-kvm-imm", 0, 0, HVC_FUNCTION, 0, HVC1, RETURN, {CALL_EFFECTS, IS_IMM(18)}},
	{"linux-kvm-imm", 1, 1, HVC_FUNCTION, 0, HVC1, RETURN, {WAS(0, VBAR), IS_IMM(18)}},
	{"linux-kvm-imm", 2, 0xffff, HVC_FUNCTION, 0, HVC1, RETURN, {IS_IMM(18)}},
	{"linux-kvm-imm", 0, 0, KERNEL_FUNCTION, 0, HVC1T, RETURN, {CALL_EFFECTS, IS_IMM(18)}},
	{"linux-kvm-imm", 1, 1, KERNEL_FUNCTION, 0, HVC1T, RETURN, {WAS(0, VBAR), IS_IMM(18)}},
	{"linux-kvm-imm", 2, 0xffff, KERNEL_FUNCTION, 0, HVC1T, RETURN, {IS_IMM(18)}},
	{"linux-kvm-imm", ALL, 2, 0, HVC2, SPIN, NOTHING},

	{"linux-kvm-imm-default", 0, 0, KERNEL_FUNCTION, 0, HVC1, RETURN,
	 {CALL_EFFECTS, IS_IMM(18)}},
	{"linux-kvm-imm-default", 1, 1, HVC_FUNCTION, 0, HVC1, RETURN, {WAS(0, VBAR), IS_IMM(18)}},
	{"linux-kvm-imm-default", 2, 0xffff, HVC_FUNCTION, 0, HVC1, RETURN,
	 {CALL_EFFECTS, IS_IMM(18)}},
	{"linux-kvm-imm-default", ALL, 2, 0, HVC2, SPIN, NOTHING},
};
/* clang-format on */

#define ROWS (sizeof rows / sizeof *rows)

/* A row under way: what the next immediate must give, and what went wrong so far. */
struct trial {
	const struct row *row;
	struct hvc_machine *machine;
	struct hvc_world world;
	struct hvc_call call;
	uint64_t seed;
	unsigned imm, step;
	struct hvc_state before, expected;
	unsigned made, wrong, wrong_imm;
	char what[128];
};

static bool is_stub(const struct row *row)
{
	return strstr(row->subject, "stub") != NULL;
}

/* All registers after the call; the exception's own too. */
static void expect(struct trial *trial, const struct hvc_call *call)
{
	const struct row *row = trial->row;
	uint64_t *v = trial->expected.v;
	const uint64_t *was = trial->before.v;
	uint64_t ec = call->insn == HVC_INSN_SMC ? HVC_EC_SMC64 : HVC_EC_HVC64;

	trial->expected = trial->before;
	for (const struct effect *e = row->effect; e->source != END; e++)
		v[e->reg] = e->source == CONST  ? e->value
		            : e->source == COPY ? was[e->value]
		            : e->source == IMM  ? call->imm
		                                : 3 * was[1] + 5 * was[2] + 7 * was[3];
	v[HVC_REG_ESR_EL2] = ec << 26 | UINT64_C(1) << 25 | call->imm;
	v[HVC_REG_ELR_EL2] = hvc_call__address(call) + (call->insn == HVC_INSN_SMC ? 0 : 4);
	v[HVC_REG_SPSR_EL2] = call->nzcv | call->daif | hvc_level__mode(call->from);
	if (row->kind == SPIN || row->kind == JUMP)
		v[HVC_REG_DAIF] = HVC_PSTATE_DAIF;
}

static void complain(struct trial *trial, const char *what, uint64_t is, uint64_t should)
{
	if (trial->wrong++ == 0) {
		trial->wrong_imm = trial->imm;
		snprintf(trial->what, sizeof trial->what, "%s is 0x%" PRIx64 ", must be 0x%" PRIx64,
		         what, is, should);
	}
}

static void compare(struct trial *trial, const struct hvc_call *call, const struct hvc_outcome *o)
{
	const struct row *row = trial->row;
	const struct hvc_regset *present = hvc_machine_present(trial->machine);
	bool inside = row->kind == SPIN || row->kind == JUMP;

	if (o->kind != row->kind)
		complain(trial, "outcome", o->kind, row->kind);
	else if (o->level != (inside ? HVC_LEVEL_EL2H : row->from))
		complain(trial, "level", o->level, inside ? HVC_LEVEL_EL2H : row->from);
	else if (row->kind == JUMP && o->pc != call->x[1])
		complain(trial, "pc", o->pc, call->x[1]);
	else if (o->stores || o->untracked || (is_stub(row) && o->el2_stores))
		complain(trial, "memory or other system registers written", 1, 0);
	else
		for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++) {
			uint64_t mask = hvc_reg_info((enum hvc_reg)reg)->mask;

			/* the payload of a restart finds whatever flags the stub left */
			if (!hvc_regset_has(present, (enum hvc_reg)reg) ||
			    (row->kind == JUMP && reg == HVC_REG_NZCV))
				continue;
			if ((o->state.v[reg] ^ trial->expected.v[reg]) & mask) {
				complain(trial, hvc_reg_name((enum hvc_reg)reg), o->state.v[reg],
				         trial->expected.v[reg]);
				return;
			}
		}
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct trial *trial = ctx;

	if (trial->imm > trial->row->hi)
		return false;
	*call = trial->call;
	call->imm = (uint16_t)trial->imm;
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct trial *trial = ctx;

	expect(trial, call);
	compare(trial, call, outcome);
	trial->made++;
	trial->imm += trial->step;
	return true;
}

/* All immediates of one row with the registers of one seed, or one of so many. */
static void try_row(const struct row *row, struct hvc_machine *machine, uint64_t seed,
                    unsigned step)
{
	struct trial trial = {
	        .row = row, .machine = machine, .seed = seed, .imm = row->lo, .step = step};
	struct hvc_feed feed = {next, done, &trial};
	struct hvc_diag diag = {0};
	enum hvc_status status;
	char command[256];

	hvc_world_init(&trial.world, HVC_CPU_A72);
	hvc_call_init(&trial.call, seed);
	trial.call.insn = row->insn;
	trial.call.from = row->from;
	trial.call.x[0] = row->x0;
	if (row->x1)
		trial.call.x[1] = row->x1;
	hvc_entry_state(hvc_machine_entry(machine), &trial.call, &trial.before);
	status = hvc_machine_run(machine, &feed, &diag);
	ck_assert_msg(status == HVC_OK, "%s", diag.message);
	trial.call.imm = (uint16_t)trial.wrong_imm;
	print_command(row->subject, &trial.world, &trial.call, seed, command, sizeof command);
	ck_assert_msg(trial.wrong == 0,
	              "immediate 0x%x: %s; %u of %u immediates fail\n  reproduce: %s",
	              trial.wrong_imm, trial.what, trial.wrong, trial.made, command);
	ck_assert_uint_eq(trial.made, (row->hi - row->lo) / step + 1);
}

static bool same_call(const struct row *a, const struct row *b)
{
	return !strcmp(a->subject, b->subject) && a->insn == b->insn && a->from == b->from;
}

TEST_OF_MAIN(every_register_after_every_immediate)
{
	const char *name = rows[_i].subject;
	struct hvc_subject *subject = open_subject(name);
	struct hvc_machine *machine = open_machine(subject, NULL);

	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].subject, name) != 0)
			continue;
		/* the rows of one kind of call leave no immediate out */
		if (rows[i].lo != 0)
			ck_assert(same_call(&rows[i], &rows[i - 1]) &&
			          rows[i - 1].hi + 1 == rows[i].lo);
		if (rows[i].hi != 0xffff)
			ck_assert(same_call(&rows[i], &rows[i + 1]) &&
			          rows[i].hi + 1 == rows[i + 1].lo);
		try_row(&rows[i], machine, 0, 1);
		try_row(&rows[i], machine, 1, 31);
	}
	hvc_machine_close(machine);
	hvc_subject_close(subject);
}

/* Whatever the flags and masks of the caller were, it has them again. */
TEST(flags_and_masks_are_restored)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct hvc_subject *subject;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		struct hvc_call call;

		if (rows[i].kind != RETURN && rows[i].kind != RETRY)
			continue;
		subject = open_subject(rows[i].subject);
		machine = open_machine(subject, NULL);
		for (unsigned bits = 0; bits < 256; bits++) {
			hvc_call_init(&call, bits);
			call.nzcv = (uint64_t)(bits & 15) << 28;
			call.daif = (uint64_t)(bits >> 4) << 6;
			call.insn = rows[i].insn;
			call.from = rows[i].from;
			call.x[0] = rows[i].x0;
			call.imm = (uint16_t)(bits & 1 ? rows[i].hi : rows[i].lo);
			outcome = make_call(machine, &call);
			reset(machine);
			ck_assert_msg(outcome.kind == rows[i].kind, "%s, row %zu: %s",
			              rows[i].subject, i, hvc_outcome_name(outcome.kind));
			ck_assert_uint_eq(outcome.state.v[HVC_REG_NZCV], call.nzcv);
			ck_assert_uint_eq(outcome.state.v[HVC_REG_DAIF], call.daif);
		}
		hvc_machine_close(machine);
		hvc_subject_close(subject);
	}
}

int main(void)
{
	for (size_t i = 0; i < ROWS; i++)
		if (i == 0 || strcmp(rows[i].subject, rows[i - 1].subject) != 0)
			suite_enter(rows[i].subject, every_register_after_every_immediate, (int)i,
			            __LINE__);
	return suite_run("contract");
}
