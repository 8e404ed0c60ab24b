/* SPDX-License-Identifier: MIT */
/*
 * Registers of an AArch32 CPU through Unicorn, under the names of AArch64 state that they are
 * mapped to (aarch32.h, cp15.h); SP_hyp is sp_el2 here, as it is EL2's own and no caller's.
 *
 * A write of CPSR from outside moves the banked registers and rebuilds the cached flags, in hooks
 * too and on every version. Hyp mode is entered from User mode only, so every way there leads
 * through that. ELR_hyp has no name in the library: an instruction of the trampoline writes it,
 *
 *   + 0  msr elr_hyp, lr   with lr_usr, which Hyp mode has for its own, lent for it
 *   + 4  svc #0            the hook goes on from here
 *
 * and what is read of it is what was written last, by the machine or by an MSR, which ends a block:
 * its register is looked at when the next begins.
 */
#include "machine/unicorn.h"

#include <string.h>
#include <unicorn/unicorn.h>

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/a32.h"
#include "machine/cp15.h"

#define HCR_VM UINT32_C(1)

const uint32_t hvc_hyp__trampoline[HVC_HYP_TRAMPOLINE_WORDS] = {0xe12ef30e, 0xef000000};

static uint32_t get(struct hvc_engine *engine, int id)
{
	uint32_t value[2] = {0};

	uc_reg_read(engine->uc, id, value);
	return value[0];
}

static void set(struct hvc_engine *engine, int id, uint64_t value)
{
	const uint32_t low[2] = {(uint32_t)value};

	uc_reg_write(engine->uc, id, low);
}

static void set_cpsr(struct hvc_engine *engine, uint64_t cpsr)
{
	if ((cpsr & HVC_PSR_M) == HVC_MODE_HYP &&
	    (get(engine, UC_ARM_REG_CPSR) & HVC_PSR_M) != HVC_MODE_HYP)
		set(engine, UC_ARM_REG_CPSR, (cpsr & ~HVC_PSR_M) | HVC_MODE_USR);
	set(engine, UC_ARM_REG_CPSR, cpsr);
}

/* In the mode; back to where it was with set_cpsr(engine, what this returns). */
static uint32_t visit(struct hvc_engine *engine, unsigned mode)
{
	uint32_t cpsr = get(engine, UC_ARM_REG_CPSR);

	if ((cpsr & HVC_PSR_M) != mode)
		set_cpsr(engine, (cpsr & ~HVC_PSR_M) | mode);
	return cpsr;
}

static void leave(struct hvc_engine *engine, unsigned mode, uint32_t cpsr)
{
	if ((cpsr & HVC_PSR_M) != mode)
		set_cpsr(engine, cpsr);
}

/* Modes with registers of their own, the first of them; FIQ has five more. */
static const struct {
	unsigned mode, first;
} banks[] = {
        {HVC_MODE_USR, 13}, {HVC_MODE_IRQ, 13}, {HVC_MODE_SVC, 13},
        {HVC_MODE_ABT, 13}, {HVC_MODE_UND, 13}, {HVC_MODE_FIQ, 8},
};

/* r8..r12 of the others are out of sight in FIQ mode. */
static unsigned first_of(size_t bank, unsigned mode)
{
	return banks[bank].mode == HVC_MODE_USR && mode == HVC_MODE_FIQ ? 8 : banks[bank].first;
}

static const int gpr_ids[15] = {
        UC_ARM_REG_R0,  UC_ARM_REG_R1,  UC_ARM_REG_R2,  UC_ARM_REG_R3, UC_ARM_REG_R4,
        UC_ARM_REG_R5,  UC_ARM_REG_R6,  UC_ARM_REG_R7,  UC_ARM_REG_R8, UC_ARM_REG_R9,
        UC_ARM_REG_R10, UC_ARM_REG_R11, UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR,
};

/* r0..r14 as the present mode has them, into the places that they are mapped to. */
static void read_mode(struct hvc_engine *engine, unsigned mode, unsigned first, uint64_t *x)
{
	void *values[15];

	for (unsigned n = first; n < 15; n++) {
		values[n] = &x[hvc_aarch32_x(mode, n)];
		x[hvc_aarch32_x(mode, n)] = 0;
	}
	uc_reg_read_batch(engine->uc, (int *)(uintptr_t)gpr_ids + first, values + first,
	                  (int)(15 - first));
}

void hvc_hyp__frame(struct hvc_engine *engine, struct hvc_engine_frame *out)
{
	const uint32_t cpsr = get(engine, UC_ARM_REG_CPSR);
	const unsigned mode = cpsr & HVC_PSR_M;

	memset(out, 0, sizeof *out);
	out->pstate = cpsr;
	out->pc = get(engine, UC_ARM_REG_PC);
	memcpy(out->x, engine->bank, sizeof out->x);
	read_mode(engine, mode, 0, out->x);
	for (size_t i = 0; i < sizeof banks / sizeof *banks; i++) {
		/* Others change by MSR alone; SP_usr too, but LR_usr is that of Hyp mode. */
		if (banks[i].mode == mode || (!engine->banks_stale && (i || mode == HVC_MODE_HYP)))
			continue;
		(void)visit(engine, banks[i].mode);
		read_mode(engine, banks[i].mode, first_of(i, mode), out->x);
	}
	(void)visit(engine, HVC_MODE_HYP);
	out->sp[2] = get(engine, UC_ARM_REG_SP);
	set_cpsr(engine, cpsr);
	memcpy(engine->bank, out->x, sizeof engine->bank);
	engine->banks_stale = false;
	out->x[15] = engine->x15;
}

void hvc_hyp__set_gprs(struct hvc_engine *engine, const uint64_t x[static HVC_GPR_COUNT])
{
	const uint32_t cpsr = get(engine, UC_ARM_REG_CPSR);
	const unsigned mode = cpsr & HVC_PSR_M;

	for (unsigned n = 0; n < 13; n++)
		set(engine, gpr_ids[n], x[hvc_aarch32_x(mode, n)]);
	for (size_t i = 0; i < sizeof banks / sizeof *banks; i++) {
		bool same = i && !engine->banks_stale;

		for (unsigned n = banks[i].first; n < 15; n++) {
			unsigned at = hvc_aarch32_x(banks[i].mode, n);

			same &= x[at] == engine->bank[at];
		}
		if (same)
			continue;
		(void)visit(engine, banks[i].mode);
		for (unsigned n = first_of(i, mode); n < 15; n++)
			set(engine, gpr_ids[n], x[hvc_aarch32_x(banks[i].mode, n)]);
	}
	set_cpsr(engine, cpsr);
	memcpy(engine->bank, x, sizeof engine->bank);
	engine->x15 = x[15];
	engine->banks_stale = false;
}

static bool access_cp15(struct hvc_engine *engine, const struct hvc_cp15 *row, bool write,
                        uint64_t *value)
{
	/* Not the secure copy, where there are two. */
	uc_arm_cp_reg reg = {15, row->wide, 0, row->crn, row->crm, row->opc1, row->opc2, *value};
	uc_err err = write ? uc_reg_write(engine->uc, UC_ARM_REG_CP_REG, &reg)
	                   : uc_reg_read(engine->uc, UC_ARM_REG_CP_REG, &reg);

	*value = row->wide ? reg.val : reg.val & UINT32_MAX;
	return err == UC_ERR_OK;
}

/* Through all names of the register: one of 64 bits, or one or two of 32. */
static bool access_mapped(struct hvc_engine *engine, enum hvc_reg reg, bool write, uint64_t *value)
{
	const struct hvc_cp15 *row;
	uint64_t all = 0;
	bool any = false;

	for (unsigned i = hvc_cp15__first(reg); (row = hvc_cp15__at(i)); i++) {
		uint64_t part = row->high ? *value >> 32 : *value;

		if (row->reg != reg)
			break;
		if (!access_cp15(engine, row, write, &part))
			continue;
		any = true;
		all |= row->high ? part << 32 : part;
		if (row->wide)
			break;
	}
	if (any && !write)
		*value = all;
	return any;
}

/* Registers of a mode without a name in CP15. */
static bool access_banked(struct hvc_engine *engine, enum hvc_reg reg, bool write, uint64_t *value)
{
	const unsigned mode = reg == HVC_REG_SPSR_EL1 ? HVC_MODE_SVC : HVC_MODE_HYP;
	const int id = reg == HVC_REG_SP_EL2 ? UC_ARM_REG_SP : UC_ARM_REG_SPSR;
	const uint32_t cpsr = visit(engine, mode);

	if (write)
		set(engine, id, *value);
	else
		*value = get(engine, id);
	leave(engine, mode, cpsr);
	return true;
}

static bool move(struct hvc_engine *engine, enum hvc_reg reg, bool write, uint64_t *value)
{
	switch (reg) {
	case HVC_REG_SP_EL2:
	case HVC_REG_SPSR_EL2:
	case HVC_REG_SPSR_EL1:
		return access_banked(engine, reg, write, value);
	case HVC_REG_ELR_EL2:
		if (write) {
			engine->elr_moves = false;
			engine->elr = (uint32_t)*value;
			engine->elr_waits = true;
		} else {
			/* An instruction of the block may be looked at, or have been its end. */
			if (get(engine, UC_ARM_REG_PC) - engine->elr_move.at >=
			    engine->elr_move.size)
				hvc_engine__settle_elr(engine);
			*value = engine->elr;
		}
		return true;
	default:
		return access_mapped(engine, reg, write, value);
	}
}

bool hvc_hyp__get(struct hvc_engine *engine, enum hvc_reg reg, uint64_t *value)
{
	return move(engine, reg, false, value);
}

bool hvc_hyp__set(struct hvc_engine *engine, enum hvc_reg reg, uint64_t value)
{
	return move(engine, reg, true, &value);
}

uint64_t hvc_hyp__pstate(struct hvc_engine *engine)
{
	return get(engine, UC_ARM_REG_CPSR);
}

uint64_t hvc_hyp__pc(struct hvc_engine *engine)
{
	return get(engine, UC_ARM_REG_PC);
}

uint64_t hvc_hyp__entry(struct hvc_engine *engine)
{
	return get(engine, UC_ARM_REG_PC) | (get(engine, UC_ARM_REG_CPSR) & HVC_PSR_T ? 1 : 0);
}

/* Bit 0 of what is written to PC is the state to go on in. */
static void go(struct hvc_engine *engine, uint64_t pc, uint64_t pstate)
{
	set_cpsr(engine, pstate);
	set(engine, UC_ARM_REG_PC, pc | (pstate & HVC_PSR_T ? 1 : 0));
}

void hvc_hyp__move(struct hvc_engine *engine, uint64_t pc, uint64_t pstate)
{
	if ((pstate & HVC_PSR_M) != HVC_MODE_HYP || !engine->elr_waits) {
		go(engine, pc, pstate);
		return;
	}
	engine->elr_waits = false;
	engine->change.way = HVC_LEVEL_UP;
	engine->change.pstate = pstate;
	engine->target = (uint32_t)pc;
	set_cpsr(engine, (pstate & ~HVC_PSR_T) | HVC_PSR_AIF);
	engine->lr = get(engine, UC_ARM_REG_LR);
	set(engine, UC_ARM_REG_LR, engine->elr);
	set(engine, UC_ARM_REG_PC, hvc_harness32(HVC_TRAMPOLINE));
}

bool hvc_hyp__svc(struct hvc_engine *engine, uint64_t pc)
{
	if (pc != hvc_harness32(HVC_TRAMPOLINE) + 8 || engine->change.way != HVC_LEVEL_UP)
		return false;
	engine->change.way = HVC_LEVEL_STAYS;
	set(engine, UC_ARM_REG_LR, engine->lr);
	go(engine, engine->target, engine->change.pstate);
	return true;
}

void hvc_engine__moves_elr(struct hvc_engine *engine, const struct hvc_elr_move *move)
{
	engine->elr_moves = true;
	engine->elr_move = *move;
}

void hvc_engine__settle_elr(struct hvc_engine *engine)
{
	if (!engine->elr_moves)
		return;
	engine->elr_moves = false;
	if (engine->elr_move.rt < 15 &&
	    hvc_a32__holds(engine->elr_move.condition, get(engine, UC_ARM_REG_CPSR)))
		engine->elr = get(engine, gpr_ids[engine->elr_move.rt]);
}

void hvc_hyp__flush(struct hvc_engine *engine)
{
	const struct hvc_cp15 *hcr = hvc_cp15__find(false, 4, 1, 1, 0);
	uint64_t value = 0;

	access_cp15(engine, hcr, false, &value);
	value ^= HCR_VM;
	access_cp15(engine, hcr, true, &value);
	value ^= HCR_VM;
	access_cp15(engine, hcr, true, &value);
}

/* d0..d31 are the halves of q0..q15. */
void hvc_hyp__simd(struct hvc_engine *engine, struct hvc_simd *simd, bool write)
{
	uint32_t fpscr = (uint32_t)(simd->fpcr | simd->fpsr);

	for (int d = 0; d < 32; d++) {
		uint64_t *half = &simd->q[d / 2][d & 1];

		if (write)
			uc_reg_write(engine->uc, UC_ARM_REG_D0 + d, half);
		else
			uc_reg_read(engine->uc, UC_ARM_REG_D0 + d, half);
	}
	if (write) {
		set(engine, UC_ARM_REG_FPSCR, fpscr);
		engine->simd = *simd;
		return;
	}
	memcpy(simd->q + 16, engine->simd.q + 16, sizeof simd->q / 2);
	fpscr = get(engine, UC_ARM_REG_FPSCR);
	simd->fpsr = fpscr & UINT32_C(0xf800009f);
	simd->fpcr = fpscr & UINT32_C(0x07f79f00);
}
