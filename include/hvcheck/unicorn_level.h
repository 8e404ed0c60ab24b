/* SPDX-License-Identifier: MIT */
/**
 * Changes of exception level in a program's own Unicorn engine; unicorn_entry.h is what to use.
 *
 * From Unicorn 2.1 on a write of PSTATE does it, if a system register is written after it: that
 * renews the flags that code is translated for. Up to 2.0.1 only an emulated ERET renews them, so
 * the change goes through three instructions in a page of guest memory.
 */
#ifndef HVCHECK_UNICORN_LEVEL_H
#define HVCHECK_UNICORN_LEVEL_H

#include <string.h>
#include <unicorn/unicorn.h>

#include "hvcheck/arch.h"

/** An engine, and what its changes of level need. */
struct hvc_uc_cpu {
	uc_engine *uc;
	uint64_t page;
	bool lazy; /**< Unicorn before 2.1 */
	unsigned old_el;
	uint64_t old_elr, new_pstate;
	uc_context *context;
	size_t flags_at; /**< where the cached flags lie in a context; 0: not found */
	uint32_t flags_el1;
};

/* System registers by encoding: op0, op1, CRn, CRm, op2. */
#define HVC_UC_SPSR(el)  3, ((el) == 1 ? 0 : (el) == 2 ? 4 : 6), 4, 0, 0
#define HVC_UC_HCR_EL2   3, 4, 1, 1, 0
#define HVC_UC_SCR_EL3   3, 6, 1, 1, 0
#define HVC_UC_SCTLR_EL1 3, 0, 1, 0, 0
#define HVC_UC_SCTLR_EL2 3, 4, 1, 0, 0

#define HVC_UC_EL3H_MASKED UINT64_C(0x3cd)

static inline uint64_t hvc_uc_get(const struct hvc_uc_cpu *cpu, int reg)
{
	uint64_t value = 0;

	uc_reg_read(cpu->uc, reg, &value);
	return value;
}

static inline void hvc_uc_set(const struct hvc_uc_cpu *cpu, int reg, uint64_t value)
{
	uc_reg_write(cpu->uc, reg, &value);
}

static inline uint64_t hvc_uc_get_sys(const struct hvc_uc_cpu *cpu, unsigned op0, unsigned op1,
                                      unsigned crn, unsigned crm, unsigned op2)
{
	uc_arm64_cp_reg reg = {crn, crm, op0, op1, op2, 0};

	uc_reg_read(cpu->uc, UC_ARM64_REG_CP_REG, &reg);
	return reg.val;
}

static inline void hvc_uc_set_sys(const struct hvc_uc_cpu *cpu, unsigned op0, unsigned op1,
                                  unsigned crn, unsigned crm, unsigned op2, uint64_t value)
{
	uc_arm64_cp_reg reg = {crn, crm, op0, op1, op2, value};

	uc_reg_write(cpu->uc, UC_ARM64_REG_CP_REG, &reg);
}

/** PSTATE in SPSR layout; Unicorn's is 32 bits wide. */
static inline uint64_t hvc_uc_pstate(const struct hvc_uc_cpu *cpu)
{
	uint32_t value[2] = {0, 0};

	uc_reg_read(cpu->uc, UC_ARM64_REG_PSTATE, value);
	return value[0];
}

/* Where the live stack pointer of a PSTATE is kept while another one is live. */
static inline int hvc_uc_sp_bank(uint64_t pstate)
{
	return UC_ARM64_REG_SP_EL0 + (int)(pstate & HVC_PSTATE_SP ? hvc_arch_el(pstate) : 0);
}

/*
 * Up to 2.0.1 only an emulated ERET renews the flags that code is translated for, and there is
 * none at EL0. But they are part of a saved context: put EL1's in their place.
 */
static inline bool hvc_uc_leave_el0(struct hvc_uc_cpu *cpu)
{
	if (!cpu->flags_at || uc_context_save(cpu->uc, cpu->context) != UC_ERR_OK)
		return false;
	memcpy((uint8_t *)cpu->context + cpu->flags_at, &cpu->flags_el1, sizeof(cpu->flags_el1));
	return uc_context_restore(cpu->uc, cpu->context) == UC_ERR_OK;
}

/**
 * Go on at pc with this PSTATE (SPSR layout, EL0 to EL2), the stack pointers banked as in
 * hardware. In a hook it takes effect on return, elsewhere with hvc_uc_run. False: cannot, which
 * only happens on Unicorn 2.0.x at EL0.
 */
static inline bool hvc_uc_move(struct hvc_uc_cpu *cpu, uint64_t pc, uint64_t pstate)
{
	uint64_t now = hvc_uc_pstate(cpu);
	unsigned el = hvc_arch_el(now);
	int elr;

	hvc_uc_set(cpu, hvc_uc_sp_bank(now), hvc_uc_get(cpu, UC_ARM64_REG_SP));
	if (!cpu->lazy) {
		uint64_t sp = hvc_uc_get(cpu, hvc_uc_sp_bank(pstate));

		hvc_uc_set(cpu, UC_ARM64_REG_PSTATE, pstate);
		hvc_uc_set(cpu, UC_ARM64_REG_SP, sp);
		/* Any write of a system register renews the flags that code is translated for. */
		hvc_uc_set_sys(cpu, HVC_UC_SPSR(3), pstate);
		hvc_uc_set(cpu, UC_ARM64_REG_PC, pc);
		return true;
	}
	if (el == 0 && !hvc_uc_leave_el0(cpu))
		return false;
	/* An ERET of the old level to EL3, an SVC there (hvc_uc_svc), an ERET to the new.
	 */
	cpu->old_el = el ? el : 1;
	elr = UC_ARM64_REG_ELR_EL0 + (int)cpu->old_el;
	cpu->old_elr = hvc_uc_get(cpu, elr);
	cpu->new_pstate = pstate;
	hvc_uc_set_sys(cpu, HVC_UC_SPSR(3), HVC_UC_EL3H_MASKED);
	hvc_uc_set(cpu, UC_ARM64_REG_ELR_EL3, pc);
	hvc_uc_set(cpu, elr, cpu->page + 4);
	hvc_uc_set(cpu, UC_ARM64_REG_PSTATE, HVC_UC_EL3H_MASKED);
	hvc_uc_set(cpu, UC_ARM64_REG_PC, cpu->page);
	return true;
}

/** Run from where the CPU is. */
static inline uc_err hvc_uc_continue(struct hvc_uc_cpu *cpu, uint64_t until)
{
	return uc_emu_start(cpu->uc, hvc_uc_get(cpu, UC_ARM64_REG_PC), until, 0, 0);
}

/* A context after a visit to a level, with the registers of EL1. */
static inline uc_err hvc_uc_sample(struct hvc_uc_cpu *cpu, uint64_t visited, uint64_t pstate,
                                   uint64_t sp, uc_context **out)
{
	uc_err err = uc_context_alloc(cpu->uc, out);

	hvc_uc_move(cpu, cpu->page + 12, visited);
	if (err == UC_ERR_OK)
		err = hvc_uc_continue(cpu, cpu->page + 12);
	hvc_uc_set_sys(cpu, HVC_UC_SPSR(3), pstate);
	hvc_uc_set(cpu, UC_ARM64_REG_PSTATE, pstate);
	hvc_uc_set(cpu, UC_ARM64_REG_SP, sp);
	return err == UC_ERR_OK ? uc_context_save(cpu->uc, *out) : err;
}

/*
 * Where do the cached flags lie in a saved context, and what are EL1's? Contexts of EL1 that
 * differ in the flags alone tell: two that have been to EL1, the second for what changes with
 * time, and one that has been to EL2. Where that is not one word, exceptions from EL0 are refused.
 */
static inline uc_err hvc_uc_find_flags(struct hvc_uc_cpu *cpu)
{
	uint64_t pc = hvc_uc_get(cpu, UC_ARM64_REG_PC), sp = hvc_uc_get(cpu, UC_ARM64_REG_SP);
	uint64_t pstate = hvc_uc_pstate(cpu), el2h = HVC_UC_EL3H_MASKED & ~UINT64_C(4);
	size_t size = uc_context_size(cpu->uc), word = sizeof(cpu->flags_el1), found = 0;
	uc_context *twice = NULL, *el2 = NULL;
	uc_err err = hvc_uc_sample(cpu, pstate, pstate, sp, &cpu->context);

	if (err == UC_ERR_OK)
		err = hvc_uc_sample(cpu, pstate, pstate, sp, &twice);
	if (err == UC_ERR_OK)
		err = hvc_uc_sample(cpu, el2h, pstate, sp, &el2);
	for (size_t at = 0; err == UC_ERR_OK && at + word <= size; at += word) {
		const uint8_t *one = (const uint8_t *)cpu->context + at;

		if (!memcmp(one, (uint8_t *)el2 + at, word) ||
		    memcmp(one, (uint8_t *)twice + at, word) != 0)
			continue;
		cpu->flags_at = found++ ? 0 : at;
		memcpy(&cpu->flags_el1, one, word);
	}
	if (err == UC_ERR_OK)
		err = uc_context_restore(cpu->uc, cpu->context);
	hvc_uc_set(cpu, UC_ARM64_REG_PC, pc);
	if (twice)
		uc_context_free(twice);
	if (el2)
		uc_context_free(el2);
	return err;
}

/* An SVC: that of a change of level, which then goes on, or not. */
static inline bool hvc_uc_svc(struct hvc_uc_cpu *cpu)
{
	if (!cpu->lazy || hvc_uc_get(cpu, UC_ARM64_REG_PC) != cpu->page + 8)
		return false;
	hvc_uc_set(cpu, UC_ARM64_REG_ELR_EL0 + (int)cpu->old_el, cpu->old_elr);
	hvc_uc_set_sys(cpu, HVC_UC_SPSR(3), cpu->new_pstate);
	return true;
}

/* The page, for an engine that has not run yet. */
static inline uc_err hvc_uc_open(struct hvc_uc_cpu *cpu, uc_engine *uc, uint64_t page)
{
	/* The last one is where visits end. */
	static const uint32_t code[] = {0xd69f03e0, 0xd4000001, 0xd69f03e0, 0x14000000};
	uc_err err = uc_mem_map(uc, page, 0x1000, UC_PROT_READ | UC_PROT_EXEC);

	cpu->uc = uc;
	cpu->page = page;
	cpu->lazy = uc_version(NULL, NULL) < 0x02010000;
	cpu->context = NULL;
	cpu->flags_at = 0;
	return err == UC_ERR_OK ? uc_mem_write(uc, page, code, sizeof(code)) : err;
}

static inline void hvc_uc_close(struct hvc_uc_cpu *cpu)
{
	if (cpu->context)
		uc_context_free(cpu->context);
	cpu->context = NULL;
}

#endif
