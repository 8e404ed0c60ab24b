/* SPDX-License-Identifier: MIT */
/*
 * Sources: Arm ARM (DDI 0487) D12 for the timers, D13 for the PMU, C6.2 DC ZVA, D24 for the
 * registers. One tick, of every counter, is one instruction of the call, so that a call is the
 * same every time. What the engine does with these:
 *
 *   counters, timers   reads the host's clock; timers are never enabled, nor their conditions met
 *   RNDR, RNDRRS       asks the host
 *   DC ZVA             zeroes memory without a store that anybody sees, and where there is none
 *                      tells it after the instructions behind it
 *   compare values     drops what code writes to CVAL registers
 *   breakpoints,       enabling one drops the translation that is being executed; here they are
 *   watchpoints        registers, and never hit
 */
#include "machine/own.h"

#include <string.h>

#include "base/random.h"
#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/parts.h"
#include "machine/vhe.h"

#define WORD_DC_ZVA UINT32_C(0xd50b7420) /* with Rt 0 */
#define CYCLES      31u                  /* the counter of PMCCNTR_EL0 */
#define ZVA_MAX     2048u /* bytes, and the least page of the architecture is 4 KiB */

#define PMCR_E       UINT64_C(1)
#define PMCR_P       UINT64_C(2)
#define PMCR_C       UINT64_C(4)
#define CTL_ENABLE   UINT64_C(1)
#define CTL_WRITABLE UINT64_C(3)
#define CTL_ISTATUS  UINT64_C(4)

static const uint8_t pmcr[5] = {3, 3, 9, 12, 0}, pmcntenset[5] = {3, 3, 9, 12, 1};
static const uint8_t pmselr[5] = {3, 3, 9, 12, 5}, dczid[5] = {3, 3, 0, 0, 7};

enum what {
	WHAT_COUNT, /* CNTPCT, CNTVCT */
	WHAT_TVAL,
	WHAT_CTL,
	WHAT_CVAL,
	WHAT_COUNTER, /* PMEVCNTR, PMXEVCNTR, PMCCNTR */
	WHAT_OVERFLOW,
	WHAT_PMCR,
	WHAT_RANDOM,
	WHAT_BREAKPOINT, /* DBGBVR, DBGBCR, DBGWVR, DBGWCR */
};

/* op0 is 3 */
static const struct row {
	uint8_t op1, crn, crm, op2;
	enum what what;
	bool read, write;
} rows[] = {
        {3, 14, 0, 1, WHAT_COUNT, true, false},   {3, 14, 0, 2, WHAT_COUNT, true, false},
        {3, 14, 2, 0, WHAT_TVAL, true, true},     {3, 14, 3, 0, WHAT_TVAL, true, true},
        {4, 14, 2, 0, WHAT_TVAL, true, true},     {4, 14, 3, 0, WHAT_TVAL, true, true},
        {5, 14, 2, 0, WHAT_TVAL, true, true},     {5, 14, 3, 0, WHAT_TVAL, true, true},
        {3, 14, 2, 1, WHAT_CTL, true, true},      {3, 14, 3, 1, WHAT_CTL, true, true},
        {4, 14, 2, 1, WHAT_CTL, true, true},      {4, 14, 3, 1, WHAT_CTL, true, true},
        {5, 14, 2, 1, WHAT_CTL, true, true},      {5, 14, 3, 1, WHAT_CTL, true, true},
        {3, 14, 2, 2, WHAT_CVAL, false, true},    {3, 14, 3, 2, WHAT_CVAL, false, true},
        {4, 14, 2, 2, WHAT_CVAL, false, true},    {4, 14, 3, 2, WHAT_CVAL, false, true},
        {5, 14, 2, 2, WHAT_CVAL, false, true},    {5, 14, 3, 2, WHAT_CVAL, false, true},
        {3, 9, 13, 0, WHAT_COUNTER, true, true},  {3, 9, 13, 2, WHAT_COUNTER, true, true},
        {3, 9, 12, 3, WHAT_OVERFLOW, true, true}, {3, 9, 14, 3, WHAT_OVERFLOW, true, true},
        {3, 9, 12, 0, WHAT_PMCR, false, true},    {3, 2, 4, 0, WHAT_RANDOM, true, false},
        {3, 2, 4, 1, WHAT_RANDOM, true, false},
};

/* PMEVCNTR<n>_EL0 is every CRm from 8 to 11 with every op2 but the last. */
static const struct row event_counters = {3, 14, 8, 0, WHAT_COUNTER, true, true};

/* op0 is 2, CRm any, op2 4 to 7. */
static const struct row breakpoints = {0, 0, 0, 4, WHAT_BREAKPOINT, false, true};

static const struct row *find(const struct hvc_vhe_access *access)
{
	const uint8_t *t = access->name;
	const struct row *row = NULL;

	if (t[0] == 3 && t[1] == 3 && t[2] == 14 && t[3] >> 2 == 2 && !(t[3] == 11 && t[4] == 7))
		row = &event_counters;
	if (t[0] == 2 && t[1] == 0 && t[2] == 0 && t[4] >= 4)
		row = &breakpoints;
	for (size_t i = 0; t[0] == 3 && i < sizeof rows / sizeof *rows; i++)
		if (t[1] == rows[i].op1 && t[2] == rows[i].crn && t[3] == rows[i].crm &&
		    t[4] == rows[i].op2)
			row = &rows[i];
	return row && (access->read ? row->read : row->write) ? row : NULL;
}

static bool is_zva(uint32_t word)
{
	return (word & ~UINT32_C(31)) == WORD_DC_ZVA;
}

bool hvc_own__may(uint32_t word)
{
	struct hvc_vhe_access access;

	return is_zva(word) || (hvc_vhe__decode(word, &access) && find(&access));
}

bool hvc_own__moves(const uint8_t name[static 5])
{
	struct hvc_vhe_access access = {.read = false};
	const struct row *row;

	memcpy(access.name, name, sizeof access.name);
	row = find(&access);
	access.read = true;
	row = row ? row : find(&access);
	return row && row->what != WHAT_BREAKPOINT && row->what != WHAT_CVAL;
}

static bool is_host(const struct hvc_machine *machine)
{
	return hvc_machine__current(machine, HVC_REG_HCR_EL2) & HVC_HCR_E2H;
}

bool hvc_own__takes(struct hvc_machine *machine, uint64_t address)
{
	struct hvc_vhe_access access;
	uint64_t value;
	uint32_t word;

	if (!hvc_machine__word_at(machine, address, &word))
		return false;
	if (is_zva(word)) {
		if (hvc_machine__translates(machine)) {
			machine->effects |= HVC_EFFECT_MEMORY; /* the engine's own way */
			return false;
		}
	} else if (!hvc_vhe__decode(word, &access) || !find(&access) ||
	           (access.name[1] == 5 && !is_host(machine)) ||
	           !hvc_engine__get_sys(machine->engine, access.name, &value)) {
		return false; /* UNDEFINED, as the engine says too */
	}
	machine->own.at = address;
	machine->own.waits = machine->own.used = true;
	return true;
}

/* Instructions before this one, which is in the block that began last. */
static uint64_t clock_at(const struct hvc_machine *machine, uint64_t pc)
{
	return machine->own.clock + machine->instructions - (machine->block_end - pc) / 4;
}

static uint64_t get(const struct hvc_machine *machine, const uint8_t name[static 5])
{
	uint64_t value = 0;

	hvc_engine__get_sys(machine->engine, name, &value);
	return value;
}

struct timer {
	uint8_t ctl[5], cval[5];
	uint64_t count; /* as the timer sees it */
};

/* At EL2 with E2H set the EL0 names are EL2's timers, and the EL02 names EL0's. */
static void name_timer(const struct hvc_machine *machine, const uint8_t name[static 5],
                       uint64_t clock, struct timer *timer)
{
	bool host = is_host(machine), el2 = name[1] == 4 || (name[1] == 3 && host);
	uint8_t op1 = el2 ? 4 : host ? 5 : 3; /* that no E2H redirects */

	memcpy(timer->ctl, (const uint8_t[5]){3, op1, 14, name[3], 1}, 5);
	memcpy(timer->cval, (const uint8_t[5]){3, op1, 14, name[3], 2}, 5);
	timer->count = clock;
	if (name[3] == 3 && !el2)
		timer->count -= hvc_machine__current(machine, HVC_REG_CNTVOFF_EL2);
}

/* PMXEVCNTR_EL0 is the one that PMSELR_EL0 names. */
static unsigned counter_of(const struct hvc_machine *machine, const uint8_t name[static 5])
{
	if (name[2] == 14)
		return (name[3] & 3u) << 3 | name[4];
	return name[4] == 0 ? CYCLES : (unsigned)get(machine, pmselr) & 31;
}

/* What a counter that is counting is ahead of what it holds. */
static uint64_t ahead(const struct hvc_machine *machine, unsigned counter, uint64_t clock)
{
	bool counts = get(machine, pmcr) & PMCR_E && get(machine, pmcntenset) >> counter & 1;

	return counts ? clock : 0;
}

static void write_pmcr(struct hvc_machine *machine, uint64_t value, uint64_t clock)
{
	const uint64_t kept =
	        0x39 | PMCR_E; /* D, X, DP; LC is read-only where there is no AArch32 */
	uint64_t old = get(machine, pmcr);

	for (unsigned i = 0; i < HVC_OWN_COUNTERS; i++) {
		uint64_t is = machine->own.counter[i] + ahead(machine, i, clock);

		if (value & (i == CYCLES ? PMCR_C : PMCR_P))
			is = 0;
		machine->own.counter[i] = is;
	}
	hvc_engine__set_sys(machine->engine, pmcr, (old & ~kept) | (value & kept));
	for (unsigned i = 0; i < HVC_OWN_COUNTERS; i++)
		machine->own.counter[i] -= ahead(machine, i, clock);
}

static uint64_t read_register(struct hvc_machine *machine, const struct hvc_vhe_access *access,
                              uint64_t clock)
{
	const uint8_t *name = access->name;
	unsigned counter = counter_of(machine, name);
	struct timer timer;
	uint64_t value;

	name_timer(machine, name, clock, &timer);
	switch (find(access)->what) {
	case WHAT_COUNT: /* a host's virtual offset is 0 */
		return name[4] == 1 || is_host(machine)
		               ? clock
		               : clock - hvc_machine__current(machine, HVC_REG_CNTVOFF_EL2);
	case WHAT_TVAL:
		return (get(machine, timer.cval) - timer.count) & UINT32_MAX;
	case WHAT_CTL:
		value = get(machine, timer.ctl) & ~CTL_ISTATUS;
		return value & CTL_ENABLE && timer.count >= get(machine, timer.cval)
		               ? value | CTL_ISTATUS
		               : value;
	case WHAT_COUNTER:
		value = machine->own.counter[counter] + ahead(machine, counter, clock);
		return counter == CYCLES ? value : value & UINT32_MAX;
	case WHAT_OVERFLOW:
		return machine->own.overflow;
	default:
		/* As if its state moved on by one: the numbers are those of seeds that follow. */
		value = machine->own.randoms++ * HVC_RANDOM_STEP;
		return hvc_random(&value);
	}
}

static void write_register(struct hvc_machine *machine, const struct hvc_vhe_access *access,
                           uint64_t value, uint64_t clock)
{
	const uint8_t *name = access->name;
	unsigned counter = counter_of(machine, name);
	struct timer timer;

	switch (find(access)->what) {
	case WHAT_TVAL: /* 32 bits, signed */
		name_timer(machine, name, clock, &timer);
		value = timer.count + (uint64_t)(int64_t)(int32_t)(uint32_t)value;
		hvc_engine__set_sys(machine->engine, timer.cval, value);
		break;
	case WHAT_CVAL:
		name_timer(machine, name, clock, &timer);
		hvc_engine__set_sys(machine->engine, timer.cval, value);
		break;
	case WHAT_CTL:
		name_timer(machine, name, clock, &timer);
		hvc_engine__set_sys(machine->engine, timer.ctl, value & CTL_WRITABLE);
		break;
	case WHAT_BREAKPOINT: /* only stored, so */
		hvc_engine__set_sys(machine->engine, name, value);
		break;
	case WHAT_COUNTER:
		machine->own.counter[counter] = value - ahead(machine, counter, clock);
		break;
	case WHAT_OVERFLOW: /* PMOVSSET, PMOVSCLR */
		value &= UINT32_MAX;
		machine->own.overflow = name[3] == 14 ? machine->own.overflow | value
		                                      : machine->own.overflow & ~value;
		break;
	default:
		write_pmcr(machine, value, clock);
		break;
	}
}

/* As stores of 8 bytes. EL2 is trapped by nothing. */
static bool zero_block(struct hvc_machine *machine, uint64_t address)
{
	static const uint8_t zeros[ZVA_MAX];
	uint64_t size = 4u << (get(machine, dczid) & 15), base;

	if (size > ZVA_MAX)
		size = ZVA_MAX;
	base = address & ~(size - 1);
	if (!hvc_call__is_there(machine, base))
		return false;
	for (uint64_t at = 0; at < size; at += 8)
		hvc_call__write(machine, base + at, 8, 0);
	hvc_engine__write(machine->engine, base, zeros, size);
	hvc_engine__forget(machine->engine, base, size);
	return true;
}

bool hvc_own__execute(struct hvc_machine *machine, uint64_t *far)
{
	uint64_t pc = machine->own.at, clock = clock_at(machine, pc);
	struct hvc_engine_frame frame;
	struct hvc_vhe_access access;
	uint32_t word = 0;
	uint64_t *x;
	uint64_t zero = 0;

	machine->own.waits = false;
	hvc_engine__frame(machine->engine, &frame);
	(void)hvc_machine__word_at(machine, pc, &word);
	x = (word & 31) == 31 ? &zero : &frame.x[word & 31];
	*far = *x;
	if (is_zva(word)) {
		if (!zero_block(machine, *x))
			return false;
	} else if (hvc_vhe__decode(word, &access) && access.read) {
		*x = read_register(machine, &access, clock);
		if (find(&access)->what == WHAT_RANDOM)
			frame.pstate &= ~HVC_PSTATE_NZCV; /* there was one */
		hvc_engine__set_gprs(machine->engine, frame.x);
	} else {
		write_register(machine, &access, *x, clock);
	}
	machine->spin.progress = true;
	/* The rest of the block is one of its own. */
	machine->instructions -= (machine->block_end - pc) / 4 - 1;
	machine->block_end = pc + 4;
	hvc_engine__move(machine->engine, pc + 4, frame.pstate & ~HVC_PSTATE_BTYPE);
	return true;
}

void hvc_own__reset(struct hvc_machine *machine)
{
	memset(&machine->own, 0, sizeof machine->own);
}
