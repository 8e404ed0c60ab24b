/* SPDX-License-Identifier: MIT */
/**
 * AArch64 exceptions for a program's own Unicorn engine: entry to the guest's vectors.
 *
 * Unicorn 2 stops at an exception (UC_HOOK_INTR) and never takes it: no syndrome, no SPSR, no
 * branch to VBAR_ELx; and a change of PSTATE does not change what it translates for. With this
 * layer an SVC, HVC, BRK, trapped SMC or UNDEFINED instruction enters the guest's own handler at
 * EL1 or EL2 as the architecture says (exception.h), and the guest's ERET comes back.
 *
 *   struct hvc_uc_entry entry = {0};
 *   err = hvc_uc_attach(&entry, uc, 0x10000000);       a free page of guest memory, 4 KiB
 *   ... VBAR_EL1 or VBAR_EL2, the guest's code ...
 *   uc_emu_start(uc, begin, until, 0, 0);
 *
 * Everything here is `static inline`, for one thread an engine. The program links Unicorn and
 * libhvcheck; from C++ it includes hvcheck.h first. Unicorn 2.0.1 to 2.1.x:
 * - ERET is executed by Unicorn itself, and right.
 * - From 2.1 on levels are changed directly. Before, the change goes through three instructions in
 *   the page, which must then be executable, at that address, wherever the guest turned its MMU on;
 *   EL3's ELR, SPSR and SP are used up.
 * - Unicorn hides the syndrome of aborts and of trapped system registers: the former arrive as
 *   external aborts with FAR not valid, the latter with EC 0. `before` can say better.
 * - Unmapped memory is no exception to Unicorn: when uc_emu_start has failed for it, hvc_uc_abort
 *   makes it one, and hvc_uc_run goes on.
 * - There are no interrupts. Callers in AArch32 state are for unicorn_aarch32.h, Hyp mode for
 *   unicorn_hyp.h.
 */
#ifndef HVCHECK_UNICORN_ENTRY_H
#define HVCHECK_UNICORN_ENTRY_H

#include "hvcheck/exception.h"
#include "hvcheck/unicorn_level.h"

/** An exception about to be taken. */
struct hvc_uc_exception {
	uint32_t number; /**< Unicorn's: 1 UNDEFINED, 2 SVC, 3 prefetch abort, 4 data abort, 7 BRK,
	                      11 HVC, 12 SMC trapped to EL2 */
	unsigned target_el; /**< 1 or 2 */
	uint64_t esr;
	uint64_t elr; /**< preferred return address */
	uint64_t far;
	bool has_far; /**< FAR_ELx is written, too */
};

struct hvc_uc_entry {
	/* To be filled in before hvc_uc_attach; all zero is fine. */
	unsigned features; /**< enum hvc_feature bits of the CPU model; 0: EL2 and EL3 */
	/**
	 * Called before an exception is taken, which it may change. False: it is not taken, and the
	 * guest goes on: behind an SVC or HVC, as if a handler had returned at once; other
	 * instructions are executed again, unless PC was changed. May write registers and call
	 * uc_emu_stop.
	 */
	bool (*before)(struct hvc_uc_entry *entry, struct hvc_uc_exception *exception);
	void *ctx; /**< for `before` */

	/* Results. */
	uint64_t taken;   /**< exceptions taken since hvc_uc_attach */
	uint32_t refused; /**< not 0: the number of one that cannot be taken, such as an SMC to EL3;
	                       the guest was stopped there */

	/* Of this layer. */
	struct hvc_uc_cpu cpu; /**< for the functions of unicorn_level.h */
	uc_hook hook;
};

/** What exception.h wants to know of the CPU; pc as Unicorn has it now. */
static inline void hvc_uc_pe(const struct hvc_uc_entry *entry, struct hvc_pe *out)
{
	const struct hvc_uc_cpu *cpu = &entry->cpu;

	out->features = entry->features;
	out->pc = hvc_uc_get(cpu, UC_ARM64_REG_PC);
	out->pstate = hvc_uc_pstate(cpu);
	out->scr_el3 = hvc_uc_get_sys(cpu, HVC_UC_SCR_EL3);
	out->hcr_el2 = hvc_uc_get_sys(cpu, HVC_UC_HCR_EL2);
	out->sctlr_el1 = hvc_uc_get_sys(cpu, HVC_UC_SCTLR_EL1);
	out->sctlr_el2 = hvc_uc_get_sys(cpu, HVC_UC_SCTLR_EL2);
	out->vbar_el1 = hvc_uc_get(cpu, UC_ARM64_REG_VBAR_EL1);
	out->vbar_el2 = hvc_uc_get(cpu, UC_ARM64_REG_VBAR_EL2);
}

/** Take an exception now: in a UC_HOOK_INTR hook, or between runs. Does not ask `before`. */
static inline bool hvc_uc_take(struct hvc_uc_entry *entry, const struct hvc_uc_exception *exception)
{
	struct hvc_uc_cpu *cpu = &entry->cpu;
	unsigned el = exception->target_el;
	struct hvc_entry to;
	struct hvc_pe pe;

	hvc_uc_pe(entry, &pe);
	hvc_exception_take(&pe, el, exception->esr, exception->elr, &to);
	hvc_uc_set(cpu, UC_ARM64_REG_ESR_EL0 + (int)el, to.esr);
	hvc_uc_set(cpu, UC_ARM64_REG_ELR_EL0 + (int)el, to.elr);
	hvc_uc_set_sys(cpu, HVC_UC_SPSR(el), to.spsr);
	if (exception->has_far)
		hvc_uc_set(cpu, UC_ARM64_REG_FAR_EL0 + (int)el, exception->far);
	entry->taken++;
	return hvc_uc_move(&entry->cpu, to.vector, to.pstate);
}

/** ERET by the program, in place of the guest: for handlers written in C. */
static inline bool hvc_uc_eret(struct hvc_uc_entry *entry)
{
	struct hvc_uc_cpu *cpu = &entry->cpu;
	struct hvc_return to;
	struct hvc_pe pe;
	unsigned el;

	hvc_uc_pe(entry, &pe);
	el = hvc_arch_el(pe.pstate);
	if (el == 0)
		return false;
	hvc_exception_return(&pe, hvc_uc_get(cpu, UC_ARM64_REG_ELR_EL0 + (int)el),
	                     hvc_uc_get_sys(cpu, HVC_UC_SPSR(el)), &to);
	return hvc_uc_move(&entry->cpu, to.pc, to.pstate);
}

/* Where an exception goes that neither HVC nor a trap of EL2's own is. */
static inline unsigned hvc_uc_route(const struct hvc_pe *pe)
{
	unsigned el = hvc_arch_el(pe->pstate);

	return el == 2 || (el == 0 && pe->hcr_el2 & HVC_HCR_TGE) ? 2 : 1;
}

/** Syndrome of an abort whose cause is not known: external, FAR valid or not. */
static inline uint64_t hvc_uc_abort_esr(const struct hvc_pe *pe, unsigned target_el, bool fetch,
                                        bool write, bool has_far)
{
	bool same = hvc_arch_el(pe->pstate) == target_el;
	unsigned ec = fetch ? (same ? HVC_EC_IABT_SAME : HVC_EC_IABT_LOWER)
	                    : (same ? HVC_EC_DABT_SAME : HVC_EC_DABT_LOWER);

	return (uint64_t)ec << 26 | UINT64_C(1) << 25 | (has_far ? 0u : 1u << 10) |
	       (write ? 1u << 6 : 0u) | 0x10;
}

/* The exception behind Unicorn's number; false when there is none that can be taken. */
static inline bool hvc_uc_identify(const struct hvc_uc_entry *entry, uint32_t number,
                                   struct hvc_pe *pe, struct hvc_uc_exception *out)
{
	bool behind = number == 2 || number == 11; /* pc is that of the next instruction */
	uint64_t il = UINT64_C(1) << 25;
	struct hvc_entry to;
	uint32_t word = 0;

	hvc_uc_pe(entry, pe);
	pe->pc -= behind ? 4 : 0;
	if (number != 3)
		uc_mem_read(entry->cpu.uc, pe->pc, &word, sizeof(word));
	out->number = number;
	out->target_el = hvc_uc_route(pe);
	out->elr = pe->pc;
	switch (number) {
	case 1:
		out->esr = (uint64_t)HVC_EC_UNKNOWN << 26 | il;
		return true;
	case 2:
		out->esr = (uint64_t)HVC_EC_SVC64 << 26 | il | (word >> 5 & 0xffff);
		out->elr = pe->pc + 4;
		return true;
	case 3:
	case 4:
		out->esr = hvc_uc_abort_esr(pe, out->target_el, number == 3, false, number == 3);
		out->far = pe->pc;
		out->has_far = number == 3;
		return true;
	case 7:
		out->esr = (uint64_t)HVC_EC_BRK64 << 26 | il | (word >> 5 & 0xffff);
		return true;
	case 11:
		hvc_exception_hvc(pe, (uint16_t)(word >> 5), &to);
		break;
	case 12:
		if (!hvc_exception_smc(pe, (uint16_t)(word >> 5), &to))
			return false;
		break;
	default:
		return false;
	}
	out->target_el = to.target_el;
	out->esr = to.esr;
	out->elr = to.elr;
	return to.target_el < 3;
}

/* The hook. */
static inline void hvc_uc_on_exception(uc_engine *uc, uint32_t number, void *ctx)
{
	struct hvc_uc_entry *entry = (struct hvc_uc_entry *)ctx;
	struct hvc_uc_exception exception = {0, 0, 0, 0, 0, false};
	struct hvc_pe pe;

	if (number == 2 && hvc_uc_svc(&entry->cpu))
		return;
	if (hvc_uc_identify(entry, number, &pe, &exception)) {
		if (entry->before && !entry->before(entry, &exception))
			return;
		if (hvc_uc_take(entry, &exception))
			return;
	}
	entry->refused = number;
	uc_emu_stop(uc);
}

/**
 * Go on where the CPU is: after hvc_uc_take, hvc_uc_move, hvc_uc_eret or hvc_uc_abort outside a
 * hook, and after uc_emu_start came back. Otherwise as uc_emu_start.
 */
static inline uc_err hvc_uc_run(struct hvc_uc_entry *entry, uint64_t until)
{
	return hvc_uc_continue(&entry->cpu, until);
}

/**
 * Take an abort at the present instruction, between runs: for UC_ERR_READ_UNMAPPED,
 * UC_ERR_WRITE_UNMAPPED and UC_ERR_FETCH_UNMAPPED. The address is what UC_HOOK_MEM_UNMAPPED was
 * told; of a fetch it is the PC.
 */
static inline bool hvc_uc_abort(struct hvc_uc_entry *entry, uc_err err, uint64_t address)
{
	struct hvc_uc_exception exception = {0, 0, 0, 0, address, true};
	bool fetch = err == UC_ERR_FETCH_UNMAPPED;
	struct hvc_pe pe;

	hvc_uc_pe(entry, &pe);
	exception.number = fetch ? 3 : 4;
	exception.target_el = hvc_uc_route(&pe);
	exception.elr = pe.pc;
	exception.esr = hvc_uc_abort_esr(&pe, exception.target_el, fetch,
	                                 err == UC_ERR_WRITE_UNMAPPED, true);
	return hvc_uc_take(entry, &exception);
}

/** End what hvc_uc_attach began, but for the page; before uc_close. */
static inline void hvc_uc_detach(struct hvc_uc_entry *entry)
{
	if (entry->hook)
		uc_hook_del(entry->cpu.uc, entry->hook);
	entry->hook = 0;
	hvc_uc_close(&entry->cpu);
}

/**
 * Deliver the exceptions of an engine (UC_ARCH_ARM64, UC_MODE_ARM) from now on. Call it before the
 * engine has run anything: at EL1h, where Unicorn begins. Maps the page at that address; sets
 * SCR_EL3.{NS,HCE,RW} and HCR_EL2.RW, without which an HVC is UNDEFINED and EL1 is AArch32. entry
 * stays the caller's and must not move until hvc_uc_detach.
 */
static inline uc_err hvc_uc_attach(struct hvc_uc_entry *entry, uc_engine *uc, uint64_t page)
{
	struct hvc_uc_cpu *cpu = &entry->cpu;
	union {
		void (*function)(uc_engine *, uint32_t, void *);
		void *object;
	} hook;
	uc_err err = hvc_uc_open(cpu, uc, page);

	hook.function = hvc_uc_on_exception;
	if (!entry->features)
		entry->features = (unsigned)HVC_FEAT_EL2 | (unsigned)HVC_FEAT_EL3;
	entry->taken = entry->refused = 0;
	entry->hook = 0;
	hvc_uc_set_sys(cpu, HVC_UC_SCR_EL3,
	               hvc_uc_get_sys(cpu, HVC_UC_SCR_EL3) | HVC_SCR_NS | HVC_SCR_HCE | HVC_SCR_RW);
	hvc_uc_set_sys(cpu, HVC_UC_HCR_EL2, hvc_uc_get_sys(cpu, HVC_UC_HCR_EL2) | HVC_HCR_RW);
	if (err == UC_ERR_OK)
		err = uc_hook_add(uc, &entry->hook, UC_HOOK_INTR, hook.object, entry, (uint64_t)1,
		                  (uint64_t)0);
	if (err == UC_ERR_OK && cpu->lazy)
		err = hvc_uc_find_flags(cpu);
	if (err != UC_ERR_OK)
		hvc_uc_detach(entry);
	return err;
}

#endif
