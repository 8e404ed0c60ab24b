/* SPDX-License-Identifier: MIT */
/*
 * Registers without a row in reg.h. Reading all of them after every call would cost more than the
 * call: only those that a block of code names are, before it runs first and when the call ends.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/random.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/own.h"
#include "machine/reg.h"
#include "machine/vhe.h"
#include "machine/world.h"

/*
 * Reading thirty-four more registers after every call would cost more than the call. A block of
 * code either names an FP/SIMD register or does not (block.c), so only the calls that went
 * through one that does are read out, and only the call after such a one is given fresh values.
 */

const char *hvc_simd_name(unsigned i)
{
	static const char *const names[] = {
	        "q0",  "q1",  "q2",  "q3",  "q4",  "q5",   "q6",   "q7",  "q8",
	        "q9",  "q10", "q11", "q12", "q13", "q14",  "q15",  "q16", "q17",
	        "q18", "q19", "q20", "q21", "q22", "q23",  "q24",  "q25", "q26",
	        "q27", "q28", "q29", "q30", "q31", "fpcr", "fpsr",
	};

	return i < HVC_SIMD_NAMES ? names[i] : "?";
}

bool hvc_simd__same(const struct hvc_simd *a, const struct hvc_simd *b, unsigned i)
{
	if (i < HVC_SIMD_COUNT)
		return a->q[i][0] == b->q[i][0] && a->q[i][1] == b->q[i][1];
	return i == HVC_SIMD_COUNT ? a->fpcr == b->fpcr : a->fpsr == b->fpsr;
}

void hvc_simd_init(struct hvc_simd *simd, uint64_t seed)
{
	uint64_t state = ~seed; /* not the sequence that fills x0..x30 */

	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++) {
		uint64_t plain = (n + 1) * UINT64_C(0x0101010101010101);

		simd->q[n][0] = seed ? hvc_random(&state) : plain;
		simd->q[n][1] = seed ? hvc_random(&state) : ~plain;
	}
	simd->fpcr = 0x04000000; /* AHP, */
	simd->fpsr = 0x80;       /* IDC: no zero, as below */
}

void hvc_simd__give(struct hvc_machine *machine)
{
	if (!machine->simd_dirty)
		return;
	hvc_engine__set_simd(machine->engine, &machine->simd_entry);
	machine->simd_now = machine->simd_entry;
	machine->simd_dirty = false;
}

void hvc_simd__take(struct hvc_machine *machine)
{
	if (machine->simd_dirty)
		hvc_engine__simd(machine->engine, &machine->simd_now);
}

void hvc_machine_simd(struct hvc_machine *machine, struct hvc_simd *out)
{
	if (machine->phase == PHASE_EL2)
		hvc_simd__take(machine);
	*out = machine->simd_now;
}

void hvc_machine_set_simd(struct hvc_machine *machine, const struct hvc_simd *simd)
{
	machine->simd_entry = machine->simd_now = *simd;
	machine->simd_dirty = true;
}

#define SYS HVC_OTHER_SYS

/* Arm ARM D23 and D24: by name where code asks for one. */
static const struct {
	hvc_other other;
	const char *name;
} names[] = {
        {SYS(3, 0, 0, 0, 0), "midr_el1"},
        {SYS(3, 0, 0, 0, 5), "mpidr_el1"},
        {SYS(3, 0, 0, 0, 6), "revidr_el1"},
        {SYS(3, 0, 0, 4, 0), "id_aa64pfr0_el1"},
        {SYS(3, 0, 0, 4, 1), "id_aa64pfr1_el1"},
        {SYS(3, 0, 0, 4, 4), "id_aa64zfr0_el1"},
        {SYS(3, 0, 0, 4, 5), "id_aa64smfr0_el1"},
        {SYS(3, 0, 0, 5, 0), "id_aa64dfr0_el1"},
        {SYS(3, 0, 0, 5, 1), "id_aa64dfr1_el1"},
        {SYS(3, 0, 0, 6, 0), "id_aa64isar0_el1"},
        {SYS(3, 0, 0, 6, 1), "id_aa64isar1_el1"},
        {SYS(3, 0, 0, 6, 2), "id_aa64isar2_el1"},
        {SYS(3, 0, 0, 7, 0), "id_aa64mmfr0_el1"},
        {SYS(3, 0, 0, 7, 1), "id_aa64mmfr1_el1"},
        {SYS(3, 0, 0, 7, 2), "id_aa64mmfr2_el1"},
        {SYS(3, 3, 0, 0, 1), "ctr_el0"},
        {SYS(3, 3, 0, 0, 7), "dczid_el0"},
        {SYS(3, 3, 14, 0, 0), "cntfrq_el0"},
        {SYS(3, 3, 14, 0, 1), "cntpct_el0"},
        {SYS(3, 3, 14, 0, 2), "cntvct_el0"},
        {HVC_OTHER_FPCR, "fpcr"},
        {HVC_OTHER_FPSR, "fpsr"},
        {SYS(3, 0, 12, 1, 0), "isr_el1"},
        {SYS(3, 3, 2, 4, 0), "rndr"},
        {SYS(3, 0, 1, 0, 1), "actlr_el1"},
        {SYS(3, 0, 1, 2, 0), "zcr_el1"},
        {SYS(3, 0, 5, 1, 0), "afsr0_el1"},
        {SYS(3, 0, 5, 1, 1), "afsr1_el1"},
        {SYS(3, 0, 13, 0, 7), "scxtnum_el1"},
        {SYS(3, 2, 0, 0, 0), "csselr_el1"},
        {SYS(3, 3, 13, 0, 7), "scxtnum_el0"},
        {SYS(3, 3, 14, 2, 0), "cntp_tval_el0"},
        {SYS(3, 3, 14, 2, 1), "cntp_ctl_el0"},
        {SYS(3, 3, 14, 2, 2), "cntp_cval_el0"},
        {SYS(3, 3, 14, 3, 0), "cntv_tval_el0"},
        {SYS(3, 3, 14, 3, 1), "cntv_ctl_el0"},
        {SYS(3, 3, 14, 3, 2), "cntv_cval_el0"},
        {SYS(3, 3, 9, 12, 0), "pmcr_el0"},
        {SYS(3, 3, 9, 12, 1), "pmcntenset_el0"},
        {SYS(3, 3, 9, 12, 2), "pmcntenclr_el0"},
        {SYS(3, 3, 9, 12, 3), "pmovsclr_el0"},
        {SYS(3, 3, 9, 12, 5), "pmselr_el0"},
        {SYS(3, 3, 9, 13, 0), "pmccntr_el0"},
        {SYS(3, 3, 9, 13, 1), "pmxevtyper_el0"},
        {SYS(3, 3, 9, 14, 0), "pmuserenr_el0"},
        {SYS(3, 0, 9, 14, 1), "pmintenset_el1"},
        {SYS(3, 0, 9, 14, 2), "pmintenclr_el1"},
        {SYS(3, 3, 14, 15, 7), "pmccfiltr_el0"},
        {SYS(3, 4, 1, 0, 1), "actlr_el2"},
        {SYS(3, 4, 1, 1, 4), "hfgrtr_el2"},
        {SYS(3, 4, 1, 1, 5), "hfgwtr_el2"},
        {SYS(3, 4, 1, 1, 6), "hfgitr_el2"},
        {SYS(3, 4, 1, 2, 2), "hcrx_el2"},
        {SYS(3, 4, 3, 0, 0), "dacr32_el2"},
        {SYS(3, 4, 4, 3, 0), "spsr_irq"},
        {SYS(3, 4, 4, 3, 1), "spsr_abt"},
        {SYS(3, 4, 4, 3, 2), "spsr_und"},
        {SYS(3, 4, 4, 3, 3), "spsr_fiq"},
        {SYS(3, 4, 5, 0, 1), "ifsr32_el2"},
        {SYS(3, 4, 5, 1, 0), "afsr0_el2"},
        {SYS(3, 4, 5, 1, 1), "afsr1_el2"},
        {SYS(3, 4, 5, 3, 0), "fpexc32_el2"},
        {SYS(3, 4, 12, 0, 2), "rmr_el2"},
        {SYS(3, 4, 13, 0, 7), "scxtnum_el2"},
        {SYS(3, 4, 14, 2, 0), "cnthp_tval_el2"},
        {SYS(3, 4, 14, 2, 1), "cnthp_ctl_el2"},
        {SYS(3, 4, 14, 2, 2), "cnthp_cval_el2"},
        {SYS(3, 4, 14, 3, 0), "cnthv_tval_el2"},
        {SYS(3, 4, 14, 3, 1), "cnthv_ctl_el2"},
        {SYS(3, 4, 14, 3, 2), "cnthv_cval_el2"},
        {SYS(3, 0, 5, 3, 1), "errselr_el1"},
        {SYS(3, 0, 5, 4, 2), "erxstatus_el1"},
        {SYS(3, 0, 12, 12, 0), "icc_iar1_el1"},
        {SYS(3, 0, 12, 12, 5), "icc_sre_el1"},
        {SYS(3, 4, 12, 9, 5), "icc_sre_el2"},
        {SYS(3, 0, 4, 6, 0), "icc_pmr_el1"},
        {SYS(2, 0, 0, 0, 2), "osdtrrx_el1"},
        {SYS(2, 0, 0, 2, 0), "mdccint_el1"},
        {SYS(2, 0, 0, 6, 2), "oseccr_el1"},
        {SYS(2, 0, 1, 0, 4), "oslar_el1"},
        {SYS(2, 0, 1, 1, 4), "oslsr_el1"},
        {SYS(2, 0, 1, 3, 4), "osdlr_el1"},
        {SYS(2, 0, 1, 4, 4), "dbgprcr_el1"},
        {SYS(2, 0, 7, 8, 6), "dbgclaimset_el1"},
        {SYS(2, 0, 7, 9, 6), "dbgclaimclr_el1"},
        {SYS(2, 4, 0, 7, 0), "dbgvcr32_el2"},
};

/* DBG?VR<n>_EL1, DBG?CR<n>_EL1: op0 2, CRm n, by op2. */
static const char *const debug[] = {"dbgbvr", "dbgbcr", "dbgwvr", "dbgwcr"};

static void encode(hvc_other other, uint8_t out[static 5])
{
	out[0] = other >> 14;
	out[1] = other >> 11 & 7;
	out[2] = other >> 7 & 15;
	out[3] = other >> 3 & 15;
	out[4] = other & 7;
}

const char *hvc_other__name(hvc_other other, char *text, size_t size)
{
	uint8_t t[5];

	encode(other, t);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].other == other) {
			snprintf(text, size, "%s", names[i].name);
			return text;
		}
	if (other <= HVC_OTHER_Q(31))
		snprintf(text, size, "q%u", other - 1u);
	else if (t[0] == 2 && t[1] == 0 && t[2] == 0 && t[4] >= 4)
		snprintf(text, size, "%s%u_el1", debug[t[4] - 4], t[3]);
	else
		snprintf(text, size, "s%u_%u_c%u_c%u_%u", t[0], t[1], t[2], t[3], t[4]);
	return text;
}

hvc_other hvc_other__find(const char *name)
{
	uint8_t t[5];
	char text[24];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcasecmp(name, names[i].name))
			return names[i].other;
	for (unsigned n = 0; n < 32; n++)
		if (!strcasecmp(name, hvc_other__name(HVC_OTHER_Q(n), text, sizeof text)))
			return HVC_OTHER_Q(n);
	for (unsigned n = 0; n < 64; n++) {
		hvc_other other = SYS(2, 0, 0, n % 16, 4 + n / 16);

		if (!strcasecmp(name, hvc_other__name(other, text, sizeof text)))
			return other;
	}
	if (!hvc_world__sys_name(name, t) ||
	    hvc_reg__find_sys(t[0], t[1], t[2], t[3], t[4]) != HVC_REG_NONE)
		return 0;
	return SYS(t[0], t[1], t[2], t[3], t[4]);
}

/*
 * Nothing hangs on these while breakpoints, timers and counters are off. As after a reset they
 * would hold zero, and a call that clears one would not be seen to.
 */
static const struct {
	hvc_other other;
	uint64_t value;
} filled[] = {
        {SYS(3, 2, 0, 0, 0), 2},          /* csselr_el1 */
        {SYS(3, 0, 1, 0, 1), 0x1ac01000}, /* actlr_el1 */
        {SYS(3, 0, 5, 1, 0), 0x1af01000},
        {SYS(3, 0, 5, 1, 1), 0x1af11000}, /* afsr */
        {SYS(3, 4, 5, 1, 0), 0x1af02000},
        {SYS(3, 4, 5, 1, 1), 0x1af12000},
        {SYS(3, 0, 13, 0, 7), 0x1c10},
        {SYS(3, 3, 13, 0, 7), 0x1c00}, /* scxtnum */
        {SYS(3, 3, 14, 2, 1), 2},
        {SYS(3, 3, 14, 3, 1), 2}, /* timers, masked */
        {SYS(3, 4, 14, 2, 1), 2},
        {SYS(3, 3, 14, 2, 2), 0x1ca0},
        {SYS(3, 3, 14, 3, 2), 0x1cb0},
        {SYS(3, 4, 14, 2, 2), 0x1cc0},
        {SYS(3, 4, 14, 3, 1), 2},
        {SYS(3, 4, 14, 3, 2), 0x1cd0},
        {SYS(3, 3, 9, 12, 0), 0x20},        /* pmcr_el0: DP */
        {SYS(3, 3, 9, 12, 5), 1},           /* pmselr_el0 */
        {SYS(3, 3, 14, 12, 0), 0x11},       /* pmevtyper0_el0 */
        {SYS(3, 3, 9, 14, 0), 15},          /* pmuserenr_el0 */
        {SYS(3, 3, 14, 15, 7), 0x80000000}, /* pmccfiltr_el0 */
        {SYS(3, 3, 9, 12, 1), 0x80000000},  /* pmcntenset_el0 */
        {SYS(3, 0, 9, 14, 1), 0x80000000},  /* pmintenset_el1 */
        {SYS(3, 4, 3, 0, 0), 0x55555555},   /* dacr32_el2 */
        {SYS(3, 4, 5, 3, 0), 0x40000000},   /* fpexc32_el2 */
        {SYS(3, 4, 5, 0, 1), 0x00001007},   /* ifsr32_el2 */
        {SYS(3, 4, 4, 3, 0), 0x600001d2},
        {SYS(3, 4, 4, 3, 1), 0x600001d7}, /* spsr_irq, abt */
        {SYS(3, 4, 4, 3, 2), 0x600001db},
        {SYS(3, 4, 4, 3, 3), 0x600001d1}, /* und, fiq */
};

static void fill(struct hvc_engine *engine, hvc_other other, uint64_t value)
{
	uint8_t t[5];
	uint64_t old;

	encode(other, t);
	if (hvc_engine__get_sys(engine, t, &old))
		(void)hvc_engine__set_sys(engine, t, old | value);
}

void hvc_other__fill(struct hvc_engine *engine)
{
	/* Breakpoints and watchpoints that are off: DBGBVR, DBGBCR, DBGWVR, DBGWCR. */
	static const uint64_t off[] = {0x1db00000, 0x1e0, 0x1dc00000, 0x1ff8};

	for (size_t i = 0; i < sizeof filled / sizeof *filled; i++)
		fill(engine, filled[i].other, filled[i].value);
	for (unsigned n = 0; n < 64; n++)
		fill(engine, SYS(2, 0, 0, n / 4, 4 + n % 4),
		     off[n % 4] | (n % 2 ? 0 : (uint64_t)(n / 4) << 16));
}

/* Where what is written goes: of a timer's TVAL to its CVAL, of OSLAR_EL1 to OSLSR_EL1.OSLK. */
static void find_storage(uint8_t t[static 5])
{
	if (t[0] == 2 && t[1] == 0 && t[2] == 1 && t[3] == 0 && t[4] == 4)
		t[3] = 1;
	if (t[0] == 3 && t[2] == 14 && (t[3] == 2 || t[3] == 3) && t[4] == 0)
		t[4] = 2;
}

static void touch(struct hvc_machine *machine, uint8_t t[static 5])
{
	struct hvc_touched *touched = &machine->touched;
	hvc_other other;
	uint64_t value;

	find_storage(t);
	other = SYS(t[0], t[1], t[2], t[3], t[4]);
	for (unsigned i = 0; i < touched->count; i++)
		if (touched->which[i] == other)
			return;
	if (touched->count == OTHERS_TOUCHED || !hvc_engine__get_sys(machine->engine, t, &value))
		return;
	touched->which[touched->count] = other;
	touched->before[touched->count++] = value;
}

/* E2H may turn the name into that of a register that has a row, or another that has none. */
void hvc_other__touch(struct hvc_machine *machine, const struct hvc_block *block)
{
	bool host = hvc_vhe__is_host(machine->engine);

	machine->untracked += block->untracked;
	if (machine->hyp)
		return; /* those of AArch32 are counted, and not told */
	for (unsigned i = 0; i < block->untracked && i < BLOCK_UNTRACKED_MAX; i++) {
		uint8_t name[5], t[5];

		encode(block->other[i], name);
		if (!host || !hvc_vhe__target(name, t))
			memcpy(t, name, sizeof t);
		if (hvc_reg__find_sys(t[0], t[1], t[2], t[3], t[4]) != HVC_REG_NONE)
			machine->untracked--;
		else
			touch(machine, t);
	}
}

static void tell(struct hvc_others *others, hvc_other which, uint64_t before, uint64_t after)
{
	unsigned at = others->count++, last;

	if (at >= HVC_OTHERS_TOLD)
		return;
	for (; at && others->which[at - 1] > which; at--) {
		others->which[at] = others->which[at - 1];
		if (at < HVC_OTHERS_VALUES) {
			others->before[at] = others->before[at - 1];
			others->after[at] = others->after[at - 1];
		}
	}
	last = at;
	others->which[last] = which;
	if (last < HVC_OTHERS_VALUES) {
		others->before[last] = before;
		others->after[last] = after;
	}
}

void hvc_other__conclude(struct hvc_machine *machine)
{
	struct hvc_others *others = &machine->outcome.others;
	const struct hvc_simd *was = &machine->simd_entry, *is = &machine->simd_now;
	const struct hvc_touched *touched = &machine->touched;

	if (others->count)
		memset(others, 0, sizeof *others);
	for (unsigned n = 0; machine->simd_dirty && n < HVC_SIMD_COUNT; n++) {
		unsigned half = was->q[n][0] == is->q[n][0];

		if (!hvc_simd__same(was, is, n))
			tell(others, HVC_OTHER_Q(n), was->q[n][half], is->q[n][half]);
	}
	if (machine->simd_dirty && was->fpcr != is->fpcr)
		tell(others, HVC_OTHER_FPCR, was->fpcr, is->fpcr);
	if (machine->simd_dirty && was->fpsr != is->fpsr)
		tell(others, HVC_OTHER_FPSR, was->fpsr, is->fpsr);
	for (unsigned i = 0; i < touched->count; i++) {
		uint8_t t[5];
		uint64_t after;

		encode(touched->which[i], t);
		if (hvc_engine__get_sys(machine->engine, t, &after) && after != touched->before[i])
			tell(others, touched->which[i], touched->before[i], after);
	}
}

bool hvc_others__same(const struct hvc_others *a, const struct hvc_others *b)
{
	unsigned told = a->count < HVC_OTHERS_TOLD ? a->count : HVC_OTHERS_TOLD;

	return a->count == b->count && !memcmp(a->which, b->which, told * sizeof *a->which);
}

/* Registers of the PMU set, clear or cut what MSR writes to them (Arm ARM D24.5). */
static bool is_pmu(const uint8_t e[static 5])
{
	return e[0] == 3 &&
	       ((e[2] == 9 && e[3] >= 12 && e[3] <= 14) || (e[1] == 3 && e[2] == 14 && e[3] >= 12));
}

void hvc_machine__kept(const struct hvc_machine *machine, enum hvc_reg reg, uint64_t *writable,
                       uint64_t *ones)
{
	struct hvc_engine *engine = machine->engine;
	uint64_t all = UINT64_MAX, none = 0;

	*writable = UINT64_MAX;
	*ones = 0;
	if (reg < HVC_REG_VBAR_EL2 || !hvc_regset_has(hvc_machine_present(machine), reg))
		return;
	if (hvc_engine__set(engine, reg, 0) && hvc_engine__get(engine, reg, &none) &&
	    hvc_engine__set(engine, reg, UINT64_MAX) && hvc_engine__get(engine, reg, &all)) {
		*writable = all & ~none;
		*ones = all & none;
	}
	*writable &= hvc_vhe__writes(hvc_reg_info(reg)->encoding);
	(void)hvc_engine__set(engine, reg, hvc_machine_entry(machine)->v[reg]);
}

bool hvc_other__kept(struct hvc_engine *engine, const uint8_t encoding[static 5],
                     uint64_t *writable, uint64_t *ones)
{
	const uint64_t pattern = UINT64_C(0x5a5a5a5a5a5a5a5a);
	uint64_t old, none = 0, all = 0, some = 0;
	bool ok;

	if (hvc_own__moves(encoding) || is_pmu(encoding) ||
	    !hvc_engine__get_sys(engine, encoding, &old))
		return false;
	ok = hvc_engine__set_sys(engine, encoding, 0) &&
	     hvc_engine__get_sys(engine, encoding, &none) &&
	     hvc_engine__set_sys(engine, encoding, UINT64_MAX) &&
	     hvc_engine__get_sys(engine, encoding, &all) &&
	     hvc_engine__set_sys(engine, encoding, pattern) &&
	     hvc_engine__get_sys(engine, encoding, &some);
	ok &= hvc_engine__set_sys(engine, encoding, old);
	*writable = all & ~none & hvc_vhe__writes(encoding);
	*ones = all & none;
	return ok && (some & hvc_vhe__writes(encoding)) == ((pattern & *writable) | *ones);
}
