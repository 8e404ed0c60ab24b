/* SPDX-License-Identifier: MIT */
/* Hints, barriers, PSTATE, system instructions and registers (Arm ARM C4.1.93). */
#include <stdio.h>
#include <string.h>

#include "machine/reg.h"
#include "machine/vhe.h"
#include "symbolic/lift.h"

#define field  hvc_lift__field
#define number hvc_lift__num

static void hint(struct hvc_lift *l)
{
	unsigned which = field(l, 5, 7);

	if (which == 2 || which == 3)
		l->next = HVC_NEXT_WAIT;
	else
		(void)hvc_lift__sign_hint(l, which);
}

static void barrier(struct hvc_lift *l)
{
	unsigned which = field(l, 5, 3);

	if (which == 2) /* CLREX */
		l->way->exclusive = NULL;
	else if (which < 4)
		hvc_lift__undefined(l);
	else if (which == 7 && field(l, 8, 4)) /* SB: (0)(0)(0)(0) */
		hvc_lift__unlifted(l, "SB with bits that should be zero");
}

static void set_pstate(struct hvc_lift *l, uint64_t bits, bool on)
{
	hvc_ref old = l->way->pstate;

	l->way->pstate = on ? hvc_bv__or(l->t, old, number(l, 64, bits))
	                    : hvc_bv__and(l->t, old, number(l, 64, ~bits));
	l->way->changes++;
}

static void invert_carry(struct hvc_lift *l)
{
	struct hvc_flags flags = {.kind = HVC_FLAGS_BITS};

	for (unsigned i = 0; i < 4; i++)
		flags.bit[i] = hvc_flags__bit(l->t, &l->way->flags, i);
	flags.bit[1] = hvc_bv__not(l->t, flags.bit[1]);
	l->way->flags = flags;
}

static void msr_immediate(struct hvc_lift *l)
{
	unsigned imm = field(l, 8, 4), which = field(l, 16, 3) << 3 | field(l, 5, 3);
	hvc_ref mask = number(l, 4, imm);

	switch (which) {
	case 000: /* CFINV: (0)(0)(0)(0) */
		if (imm)
			hvc_lift__unlifted(l, "CFINV with bits that should be zero");
		else
			invert_carry(l);
		break;
	case 003:
		set_pstate(l, HVC_PSTATE_UAO, imm & 1);
		break;
	case 004:
		set_pstate(l, HVC_PSTATE_PAN, imm & 1);
		break;
	case 005:
		l->way->spx = imm & 1;
		break;
	case 031:
		set_pstate(l, HVC_PSTATE_SSBS, imm & 1);
		break;
	case 032:
		set_pstate(l, HVC_PSTATE_DIT, imm & 1);
		break;
	case 034:
		set_pstate(l, HVC_PSTATE_TCO, imm & 1);
		break;
	case 036:
		l->way->daif = hvc_bv__or(l->t, l->way->daif, mask);
		break;
	case 037:
		l->way->daif = hvc_bv__and(l->t, l->way->daif, hvc_bv__not(l->t, mask));
		break;
	default:
		hvc_lift__unlifted(l, "MSR (immediate) of a field that is not lifted");
	}
}

/* The block that DC ZVA clears: of 64 bytes, as on nearly every CPU. */
static void clear_block(struct hvc_lift *l)
{
	hvc_ref at =
	        hvc_bv__and(l->t, hvc_lift__x(l, field(l, 0, 5), 64), number(l, 64, ~UINT64_C(63)));

	for (unsigned i = 0; i < 64; i += 8)
		if (!hvc_lift__store(l, hvc_bv__add(l->t, at, number(l, 64, i)), 8,
		                     number(l, 64, 0)))
			return;
}

/* What every CPU has of them (Arm ARM C5.3 to C5.5): op1, CRn, CRm, and a bit for each op2. */
static const uint8_t operations[][4] = {
        {0, 7, 1, 0x01},  {0, 7, 5, 0x01},  {3, 7, 5, 0x02},  /* IC */
        {0, 7, 6, 0x06},  {0, 7, 10, 0x04}, {0, 7, 14, 0x04}, /* DC */
        {3, 7, 10, 0x02}, {3, 7, 11, 0x02}, {3, 7, 14, 0x02},
        {0, 7, 8, 0x0f},  {4, 7, 8, 0xf3},                   /* AT */
        {0, 8, 3, 0xaf},  {0, 8, 7, 0xaf},  {4, 8, 0, 0x22}, /* TLBI */
        {4, 8, 3, 0x73},  {4, 8, 4, 0x22},  {4, 8, 7, 0x73},
};

static bool is_operation(const struct hvc_lift *l)
{
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
		if (operations[i][0] == field(l, 16, 3) && operations[i][1] == field(l, 12, 4) &&
		    operations[i][2] == field(l, 8, 4))
			return operations[i][3] >> field(l, 5, 3) & 1;
	return false;
}

/* Caches, TLBs, and address translation, whose answer goes to PAR_EL1. */
static void sys(struct hvc_lift *l)
{
	unsigned crn = field(l, 12, 4), crm = field(l, 8, 4);
	unsigned what = field(l, 16, 3) << 11 | crn << 7 | crm << 3 | field(l, 5, 3);
	char name[24];

	if (what == (3u << 11 | 7u << 7 | 4u << 3 | 1u)) {
		clear_block(l);
		return;
	}
	if (!is_operation(l)) {
		hvc_lift__unlifted(l, "a system instruction that is not lifted");
		return;
	}
	l->way->effects++;
	l->way->changes++;
	if (crn != 7 || (crm != 8 && crm != 9))
		return;
	snprintf(name, sizeof name, "at_%u_%u_%u", field(l, 16, 3), crm, field(l, 5, 3));
	l->way->sys[HVC_REG_PAR_EL1] =
	        hvc_bv__opaque(l->t, name, 64, hvc_lift__x(l, field(l, 0, 5), 64),
	                       number(l, 64, l->way->effects), NULL);
}

/* The registers that are parts of PSTATE; false: it is none of them. */
static bool special(struct hvc_lift *l, const struct hvc_vhe_access *access)
{
	static const struct {
		uint8_t name[5];
		uint64_t bit;
	} bits[] = {
	        {{3, 0, 4, 2, 3}, HVC_PSTATE_PAN}, {{3, 0, 4, 2, 4}, HVC_PSTATE_UAO},
	        {{3, 3, 4, 2, 5}, HVC_PSTATE_DIT}, {{3, 3, 4, 2, 6}, HVC_PSTATE_SSBS},
	        {{3, 3, 4, 2, 7}, HVC_PSTATE_TCO},
	};
	struct hvc_way *way = l->way;
	hvc_ref from = hvc_lift__x(l, access->rt, 64), old = way->pstate;

	for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
		if (memcmp(bits[i].name, access->name, 5) != 0)
			continue;
		if (access->read) {
			hvc_lift__set_x(l, access->rt,
			                hvc_bv__and(l->t, old, number(l, 64, bits[i].bit)));
			return true;
		}
		old = hvc_bv__and(l->t, old, number(l, 64, ~bits[i].bit));
		way->pstate =
		        hvc_bv__or(l->t, old, hvc_bv__and(l->t, from, number(l, 64, bits[i].bit)));
		way->changes++;
		return true;
	}
	return false;
}

static bool is(const struct hvc_vhe_access *access, unsigned op1, unsigned crn, unsigned crm,
               unsigned op2)
{
	const uint8_t name[5] = {3, (uint8_t)op1, (uint8_t)crn, (uint8_t)crm, (uint8_t)op2};

	return !memcmp(access->name, name, 5);
}

static hvc_ref placed(struct hvc_lift *l, hvc_ref a, unsigned at)
{
	return hvc_bv__shl(l->t, hvc_bv__zext(l->t, a, 64), number(l, 64, at));
}

/* NZCV, DAIF, CurrentEL, SPSel; false: it is none of them. */
static bool flags(struct hvc_lift *l, const struct hvc_vhe_access *access)
{
	struct hvc_way *way = l->way;
	hvc_ref from = hvc_lift__x(l, access->rt, 64);
	bool sel;

	if (is(access, 3, 4, 2, 0) && access->read) {
		hvc_lift__set_x(l, access->rt, placed(l, hvc_flags__all(l->t, &way->flags), 28));
	} else if (is(access, 3, 4, 2, 0)) {
		way->flags = (struct hvc_flags){.kind = HVC_FLAGS_BITS};
		for (unsigned i = 0; i < 4; i++)
			way->flags.bit[i] = hvc_bv__extract(l->t, from, 28 + i, 28 + i);
	} else if (is(access, 3, 4, 2, 1) && access->read) {
		hvc_lift__set_x(l, access->rt, placed(l, way->daif, 6));
	} else if (is(access, 3, 4, 2, 1)) {
		way->daif = hvc_bv__extract(l->t, from, 9, 6);
	} else if (is(access, 0, 4, 2, 2)) {
		if (!access->read)
			hvc_lift__undefined(l);
		else
			hvc_lift__set_x(l, access->rt, number(l, 64, 8));
	} else if (is(access, 0, 4, 2, 0)) {
		if (access->read)
			hvc_lift__set_x(l, access->rt, number(l, 64, way->spx));
		else if (hvc_lift__known(l, hvc_bv__extract(l->t, from, 0, 0), &sel))
			way->spx = sel;
	} else {
		return false;
	}
	return true;
}

/* The register that the name reaches, as HCR_EL2.E2H has it; false: the instruction ends. */
static bool redirect(struct hvc_lift *l, struct hvc_vhe_access *access)
{
	uint8_t target[5];
	bool host, moved = hvc_vhe__target(access->name, target);

	if (!moved && access->name[1] != 5)
		return true;
	if (!hvc_lift__known(l, hvc_bv__extract(l->t, l->way->sys[HVC_REG_HCR_EL2], 34, 34), &host))
		return false;
	if (access->name[1] == 5 && (!host || !moved)) {
		hvc_lift__undefined(l);
		return false;
	}
	if (host && moved)
		memcpy(access->name, target, sizeof target);
	return true;
}

static bool is_among(const uint8_t (*names)[5], size_t count, const struct hvc_vhe_access *access)
{
	for (size_t i = 0; i < count; i++)
		if (!memcmp(names[i], access->name, 5))
			return true;
	return false;
}

/* Besides the identification registers, which are all of op1 0 and CRn 0 (Arm ARM D19.2). */
static const uint8_t read_only[][5] = {
        {2, 0, 0, 1, 0},  {2, 0, 1, 0, 0},  {2, 0, 1, 1, 4},  /* MDCCSR, MDRAR, OSLSR */
        {2, 3, 0, 1, 0},  {3, 0, 12, 1, 0}, {3, 1, 0, 0, 0},  /* MDCCSR, ISR, CCSIDR */
        {3, 1, 0, 0, 1},  {3, 1, 0, 0, 7},  {3, 1, 15, 3, 0}, /* CLIDR, AIDR, CBAR */
        {3, 3, 0, 0, 1},  {3, 3, 0, 0, 7},  {3, 3, 9, 12, 6}, /* CTR, DCZID, PMCEID0 */
        {3, 3, 9, 12, 7}, {3, 0, 9, 14, 6}, {3, 0, 10, 4, 7}, /* PMCEID1, PMMIR, LORID */
        {3, 3, 14, 0, 0}, {3, 3, 14, 0, 1}, {3, 3, 14, 0, 2}, /* CNTFRQ below EL3, CNTPCT, CNTVCT */
        {3, 3, 2, 4, 0},  {3, 3, 2, 4, 1},                    /* RNDR, RNDRRS */
};

/* MDCCINT, OSDLR, DBGVCR32_EL2: of these the engine tells no value. */
static const uint8_t untold[][5] = {{2, 0, 0, 2, 0}, {2, 0, 1, 3, 4}, {2, 4, 0, 7, 0}};

#define AMONG(names, access) is_among(names, sizeof(names) / sizeof *(names), access)

/* Not there for EL2: what is EL3's, SP_EL0 while it is in use, and writes of what is read-only. */
static bool is_denied(const struct hvc_lift *l, const struct hvc_vhe_access *access)
{
	if (access->name[0] == 3 && access->name[1] >= 6)
		return true;
	if (is(access, 0, 4, 1, 0) && !l->way->spx)
		return true;
	return !access->read && ((access->name[0] == 3 && !access->name[1] && !access->name[2]) ||
	                         AMONG(read_only, access));
}

static void note_read(struct hvc_scene *scene, const uint8_t name[5])
{
	hvc_other which = HVC_OTHER_SYS(name[0], name[1], name[2], name[3], name[4]);
	unsigned i = 0;

	while (i < scene->reads && scene->read[i] != which)
		i++;
	if (i == scene->reads && i < HVC_READS_MAX)
		scene->read[scene->reads++] = which;
}

/*
 * Registers that can only be written (Arm ARM D24). OSLAR_EL1 sets OSLSR_EL1.OSLK; PMSWINC_EL0
 * counts. False: it is none of them.
 */
static bool write_only(struct hvc_lift *l, const struct hvc_vhe_access *access)
{
	static const uint8_t oslar[5] = {2, 0, 1, 0, 4}, oslsr[5] = {2, 0, 1, 1, 4};
	const uint64_t oslk = UINT64_C(1) << 1;
	hvc_ref old, bit;

	if (is(access, 3, 9, 12, 4))
		hvc_lift__unlifted(l, "a counter that is written");
	else if (memcmp(access->name, oslar, sizeof oslar) != 0)
		return false;
	else if (access->read || !(old = hvc_way__sys(l->scene, l->way, oslsr)))
		hvc_lift__undefined(l);
	else {
		bit = hvc_bv__shl(l->t, hvc_lift__x(l, access->rt, 64), number(l, 64, 1));
		bit = hvc_bv__and(l->t, bit, number(l, 64, oslk));
		old = hvc_bv__and(l->t, old, number(l, 64, ~oslk));
		(void)hvc_way__set_sys(l->scene, l->way, oslsr, hvc_bv__or(l->t, old, bit));
		l->way->changes++;
	}
	return true;
}

/* RNDR, RNDRRS: there was no number, Z is set and it is 0; or there was one (Arm ARM D24.2). */
static hvc_ref draw(struct hvc_lift *l, hvc_ref value)
{
	hvc_ref none = hvc_bv__opaque(l->t, "none", 1, value, NULL, NULL), no = number(l, 1, 0);

	l->way->flags = (struct hvc_flags){.kind = HVC_FLAGS_BITS, .bit = {no, no, none, no}};
	return hvc_bv__ite(l->t, none, number(l, 64, 0), value);
}

static void move(struct hvc_lift *l)
{
	struct hvc_vhe_access access;
	enum hvc_reg reg;
	hvc_ref value;

	(void)hvc_vhe__decode(l->word, &access);
	if (is_denied(l, &access)) {
		hvc_lift__undefined(l);
		return;
	}
	if (write_only(l, &access))
		return;
	if (AMONG(untold, &access)) {
		if (access.read) {
			hvc_lift__unlifted(l, "a register that the engine does not tell");
			return;
		}
		l->way->effects++;
		l->way->changes++;
		return;
	}
	if (flags(l, &access) || special(l, &access) || !redirect(l, &access))
		return;
	value = hvc_way__sys(l->scene, l->way, access.name);
	if (!value) {
		hvc_lift__undefined(l);
	} else if (access.read) {
		note_read(l->scene, access.name);
		if (is(&access, 3, 2, 4, access.name[4]) && access.name[4] < 2)
			value = draw(l, value);
		hvc_lift__set_x(l, access.rt, value);
	} else {
		(void)hvc_way__set_sys(l->scene, l->way, access.name,
		                       hvc_lift__x(l, access.rt, 64));
		/* The same value once more is no change. */
		reg = hvc_reg__find_sys(access.name[0], access.name[1], access.name[2],
		                        access.name[3], access.name[4]);
		l->way->changes += reg == HVC_REG_NONE || value != l->way->sys[reg];
	}
}

const struct hvc_lift_row hvc_lift__system[] = {
        {0xfffff01f, 0xd503201f, hint, "hint"},
        {0xfffff01f, 0xd503301f, barrier, "barrier"},
        {0xfff8f01f, 0xd500401f, msr_immediate, "pstate"},
        {0xfff80000, 0xd5080000, sys, "system"},
        {0xffd00000, 0xd5100000, move, "system register"},
        HVC_LIFT_END,
};
