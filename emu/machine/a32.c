/* SPDX-License-Identifier: MIT */
/*
 * Arm ARM (DDI 0487) F4.1 (A32) and F3.1 (T32). What both instruction sets have in common, the
 * coprocessor and the Advanced SIMD instructions, differs in bits 31:28 only: T32 has 1110 where
 * A32 has a condition.
 */
#include "machine/a32.h"

#include <string.h>

#include "hvcheck/aarch32.h"
#include "machine/cp15.h"

static uint64_t sign(uint32_t value, unsigned bits)
{
	uint64_t top = UINT64_C(1) << (bits - 1);

	return ((value & ((top << 1) - 1)) ^ top) - top;
}

static uint64_t offset(uint64_t address, uint64_t delta)
{
	return (address + delta) & UINT32_MAX;
}

/* SYSm of MSR and MRS of a banked register: r8_usr is 0, r8_fiq 8, lr_irq 16, sp_irq 17, ... */
static enum hvc_reg banked(unsigned sysm, bool spsr)
{
	if (spsr)
		return sysm == 30 ? HVC_REG_SPSR_EL2 : sysm == 18 ? HVC_REG_SPSR_EL1 : HVC_REG_NONE;
	if (sysm < 7)
		return (enum hvc_reg)(HVC_REG_X0 + 8 + sysm);
	if (sysm >= 8 && sysm < 15)
		return (enum hvc_reg)(HVC_REG_X0 + 16 + sysm);
	if (sysm >= 16 && sysm < 24)
		return (enum hvc_reg)(HVC_REG_X0 + sysm);
	return sysm == 30 ? HVC_REG_ELR_EL2 : sysm == 31 ? HVC_REG_SP_EL2 : HVC_REG_NONE;
}

static void reach(struct hvc_a32 *out, bool read, enum hvc_reg reg, unsigned rt)
{
	out->kind = read ? HVC_A32_READ : HVC_A32_WRITE;
	out->reg = reg;
	out->rt = (uint8_t)rt;
}

/* Registers that hold what is written and do nothing else. */
static bool is_plain(enum hvc_reg reg)
{
	switch (reg) {
	case HVC_REG_NONE:
	case HVC_REG_HCR_EL2:
	case HVC_REG_SCTLR_EL2:
	case HVC_REG_MDCR_EL2:
	case HVC_REG_SCTLR_EL1:
	case HVC_REG_SCR_EL3:
	case HVC_REG_TTBR0_EL2:
	case HVC_REG_TCR_EL2:
	case HVC_REG_VTTBR_EL2:
	case HVC_REG_CPTR_EL2:
		return false;
	default:
		return true;
	}
}

/* MCR, MRC, MCRR, MRRC of CP15; bits 27:0 alone count. */
static bool cp15(uint32_t word, struct hvc_a32 *out)
{
	bool wide = (word & 0x0fe00f00) == 0x0c400f00, read = word & 1u << 20;
	unsigned opc1 = wide ? word >> 4 & 15 : word >> 21 & 7;
	unsigned crn = wide ? 0 : word >> 16 & 15, crm = word & 15;
	unsigned opc2 = wide ? 0 : word >> 5 & 7;
	const struct hvc_cp15 *row;

	if (!wide && (word & 0x0f000f10) != 0x0e000f10)
		return false;
	row = hvc_cp15__find(wide, opc1, crn, crm, opc2);
	reach(out, read, row ? row->reg : HVC_REG_NONE, word >> 12 & 15);
	memcpy(out->encoding,
	       (const uint8_t[5]){15, (uint8_t)opc1, (uint8_t)crn, (uint8_t)crm, (uint8_t)opc2}, 5);
	/* Maintenance has no state; counters are brought up to date by reading. */
	if (crn == 7 || crn == 8)
		out->effects = false;
	else
		out->effects = read ? crn == 9 || (crn == 14 && !row) || (wide && crm == 14)
		                    : !is_plain(out->reg);
	return true;
}

/* Coprocessors 10 and 11, and Advanced SIMD; t32: bits 31:24 are those of T32. */
static bool is_simd(uint32_t word, bool t32)
{
	unsigned top = word >> 24;

	if ((word & 0x0e000000) == 0x0c000000 || (word & 0x0f000000) == 0x0e000000)
		if ((word >> 8 & 14) == 10 && (t32 ? top >> 4 == 14 : top >> 4 != 15))
			return true;
	return t32 ? (top & 0xef) == 0xef || top == 0xf9 : (top & 0xfe) == 0xf2 || top == 0xf4;
}

static void status_register(bool read, bool spsr, unsigned rt, struct hvc_a32 *out)
{
	reach(out, read, spsr ? HVC_REG_SPSR_EL2 : HVC_REG_NONE, rt);
	out->psr = !spsr;
}

/* Bits 27:23 are 00010 or 00110, with bit 20 clear: miscellaneous instructions. */
static bool a32_miscellaneous(uint32_t word, struct hvc_a32 *out)
{
	bool spsr = word & 1u << 22, read = !(word & 1u << 21);
	unsigned sysm = (word >> 4 & 16) | (word >> 16 & 15);

	if ((word & 0x0fffffff) == 0x0160006e)
		out->kind = HVC_A32_ERET;
	else if (hvc_aarch32_decode_a32(word | 0xe0000000, &out->imm))
		out->kind = HVC_A32_HVC;
	else if (hvc_aarch32_decode_smc_a32(word, &out->imm, NULL))
		out->kind = HVC_A32_SMC;
	else if ((word & 0x0fffffd0) == 0x012fff10) /* BX, BLX */
		out->kind = HVC_A32_INDIRECT, out->link = word & 1u << 5;
	else if ((word & 0x0fb00ef0) == 0x01000200 || (word & 0x0fb0fef0) == 0x0120f200)
		reach(out, read, banked(sysm, spsr), read ? word >> 12 & 15 : word & 15);
	else if ((word & 0x0fbf0fff) == 0x010f0000 || (word & 0x0fb0fff0) == 0x0120f000)
		status_register(read, spsr, read ? word >> 12 & 15 : word & 15, out);
	else if ((word & 0x0fb0f000) == 0x0320f000) {
		if (!spsr && !(word >> 16 & 15))
			out->kind = HVC_A32_HINT;
		else
			status_register(false, spsr, 15, out);
	} else
		return false;
	return true;
}

static void a32(uint64_t address, uint32_t word, struct hvc_a32 *out)
{
	out->conditional = word >> 28 < 14;
	if ((word & 0x0e000000) == 0x0a000000) {
		out->kind = HVC_A32_BRANCH;
		out->exchange = word >> 28 == 15;
		out->link = word & 1u << 24 || out->exchange;
		out->target = offset(address + 8,
		                     sign(word, 24) * 4 + (out->exchange ? word >> 23 & 2 : 0));
	} else if ((word & 0x0f000000) == 0x0f000000 && word >> 28 != 15) {
		out->kind = HVC_A32_SVC;
	} else if ((word & 0xfff000f0) == 0xe7f000f0) {
		out->kind = HVC_A32_UDF;
	} else if (word >> 28 != 15 && cp15(word, out)) {
	} else if (is_simd(word, false)) {
		out->simd = true;
	} else if (word >> 28 == 15) {
		/* PLD, barriers, CPS, SETEND, CLREX; SRS and RFE */
		out->effects =
		        (word & 0xfe000000) == 0xf8000000 || (word & 0xfffffff0) == 0xf57ff010;
	} else if ((word & 0x0d900000) == 0x01000000 && a32_miscellaneous(word, out)) {
	} else if ((word & 0x0f0000f0) == 0x01000090 && word & 1u << 23) {
		out->effects = true; /* exclusives leave a monitor behind; and acquire, release */
	} else if ((word & 0x0c10f000) == 0x0410f000 || (word & 0x0e108000) == 0x08108000 ||
	           ((word & 0x0c00f000) == 0xf000 && !((word & 0x0e000090) == 0x90) &&
	            (word & 0x01900000) != 0x01100000)) {
		out->kind = HVC_A32_INDIRECT; /* loads and operations whose destination is pc */
	} else if ((word & 0x0e000000) == 0x0c000000 || (word & 0x0f000000) == 0x0e000000) {
		out->effects = true; /* other coprocessors */
	}
}

static void t32_narrow(uint64_t address, uint32_t half, struct hvc_a32 *out)
{
	if (half >> 12 == 13 && (half >> 8 & 15) < 14) {
		out->kind = HVC_A32_BRANCH;
		out->conditional = true;
		out->target = offset(address + 4, sign(half, 8) * 2);
	} else if (half >> 8 == 0xdf) {
		out->kind = HVC_A32_SVC;
	} else if (half >> 8 == 0xde) {
		out->kind = HVC_A32_UDF;
	} else if (half >> 11 == 0x1c) {
		out->kind = HVC_A32_BRANCH;
		out->target = offset(address + 4, sign(half, 11) * 2);
	} else if ((half & 0xf500) == 0xb100) { /* CBZ, CBNZ */
		out->kind = HVC_A32_BRANCH;
		out->conditional = true;
		out->target = offset(address + 4, (half >> 3 & 0x40) | (half >> 2 & 0x3e));
	} else if ((half & 0xff00) == 0x4700) { /* BX, BLX */
		out->kind = HVC_A32_INDIRECT;
		out->link = half & 0x80;
	} else if ((half & 0xff00) == 0xbd00 || (half & 0xfd87) == 0x4487) { /* POP, ADD, MOV */
		out->kind = HVC_A32_INDIRECT;
	} else if ((half & 0xff0f) == 0xbf00) {
		out->kind = HVC_A32_HINT;
	}
}

/* B.W, BL, BLX. */
static void t32_branch(uint64_t address, uint32_t word, struct hvc_a32 *out)
{
	uint32_t s = word >> 26 & 1, i1 = ~((word >> 13 & 1) ^ s) & 1,
	         i2 = ~((word >> 11 & 1) ^ s) & 1;
	uint32_t far =
	        s << 24 | i1 << 23 | i2 << 22 | (word >> 16 & 0x3ff) << 12 | (word & 0x7ff) << 1;
	uint32_t near = s << 20 | (word >> 11 & 1) << 19 | (word >> 13 & 1) << 18 |
	                (word >> 16 & 0x3f) << 12 | (word & 0x7ff) << 1;

	out->kind = HVC_A32_BRANCH;
	out->link = word & 1u << 14;
	out->exchange = out->link && !(word & 1u << 12);
	out->conditional = !out->link && !(word & 1u << 12);
	out->target =
	        out->conditional
	                ? offset(address + 4, sign(near, 21))
	                : offset((address + 4) & (out->exchange ? ~UINT64_C(3) : ~UINT64_C(0)),
	                         sign(far, 25));
}

static bool t32_control(uint64_t address, uint32_t word, struct hvc_a32 *out)
{
	bool spsr = word & 1u << 20, read = word & 1u << 21;
	unsigned sysm = (word & 16) | (read ? word >> 16 & 15 : word >> 8 & 15);
	unsigned rt = read ? word >> 8 & 15 : word >> 16 & 15;

	if ((word & 0xf800d000) == 0xf0008000 && (word >> 23 & 7) == 7) {
		if (word == 0xf3de8f00)
			out->kind = HVC_A32_ERET;
		else if (hvc_aarch32_decode_t32(word, &out->imm))
			out->kind = HVC_A32_HVC;
		else if (hvc_aarch32_decode_smc_t32(word, &out->imm))
			out->kind = HVC_A32_SMC;
		else if ((word & 0xfff0f000) == 0xf7f0a000)
			out->kind = HVC_A32_UDF;
		else if ((word & 0xffe0f0ef) == 0xf3e08020 || (word & 0xffe0f0ef) == 0xf3808020)
			reach(out, read, banked(sysm, spsr), rt);
		else if ((word & 0xffeff0ff) == 0xf3ef8000 || (word & 0xffe0f0ff) == 0xf3808000)
			status_register(read, spsr, rt, out);
		else if ((word & 0xffffff00) == 0xf3af8000)
			out->kind = HVC_A32_HINT;
		else /* CPS, barriers, CLREX; SUBS PC, LR */
			out->effects = (word & 0xfffffff0) == 0xf3bf8f20 ||
			               (word & 0xffd0ff00) == 0xf3d08f00;
		return true;
	}
	if ((word & 0xf8008000) != 0xf0008000)
		return false;
	t32_branch(address, word, out);
	return true;
}

static void t32_wide(uint64_t address, uint32_t word, struct hvc_a32 *out)
{
	if (word >> 28 == 14 && cp15(word, out))
		return;
	if (is_simd(word, true)) {
		out->simd = true;
	} else if (t32_control(address, word, out)) {
	} else if ((word & 0xfff0ffe0) == 0xe8d0f000) {
		out->kind = HVC_A32_INDIRECT; /* TBB, TBH */
	} else if ((word & 0xff600000) == 0xe8400000 && (word & 0x01000000) == 0) {
		/* exclusives leave a monitor behind, and acquire, release; LDRD, STRD do not */
		out->effects = !(word & 1u << 24) && !(word & 1u << 21);
	} else if ((word & 0xff70f000) == 0xf850f000 || (word & 0xff508000) == 0xe8108000 ||
	           (word & 0xff508000) == 0xe9108000) {
		out->kind = HVC_A32_INDIRECT; /* LDR, LDM of pc */
	} else if ((word & 0xec000000) == 0xec000000) {
		out->effects = true; /* other coprocessors */
	}
}

static uint32_t ror(uint32_t value, unsigned by)
{
	return by ? value >> by | value << (32 - by) : value;
}

uint32_t hvc_a32__immediate(uint32_t word)
{
	return ror(word & 0xff, word >> 7 & 30);
}

uint32_t hvc_t32__immediate(uint32_t word)
{
	uint32_t imm = word & 0xff, how = (word >> 15 & 0x800) | (word >> 4 & 0x700);

	if (how & 0xc00)
		return ror(0x80 | (imm & 0x7f), (how | imm) >> 7 & 31);
	return how >> 8 == 0   ? imm
	       : how >> 8 == 1 ? imm << 16 | imm
	       : how >> 8 == 2 ? imm << 24 | imm << 8
	                       : imm << 24 | imm << 16 | imm << 8 | imm;
}

void hvc_a32__decode(uint64_t address, uint32_t bits, bool t32, struct hvc_a32 *out)
{
	*out = (struct hvc_a32){.size = 4, .word = bits, .reg = HVC_REG_NONE};
	if (!t32) {
		a32(address, bits, out);
		return;
	}
	/* Halfwords from 0xe800 on are the first of two. */
	if ((bits & 0xffff) < 0xe800) {
		out->size = 2;
		out->word = bits & 0xffff;
		t32_narrow(address, out->word, out);
		return;
	}
	out->word = hvc_aarch32_swap_t32(bits);
	t32_wide(address, out->word, out);
}

bool hvc_a32__holds(unsigned condition, uint64_t psr)
{
	bool n = psr >> 31 & 1, z = psr >> 30 & 1, c = psr >> 29 & 1, v = psr >> 28 & 1;
	const bool of[8] = {z, c, n, v, c && !z, n == v, n == v && !z, true};

	return condition >= 14 || of[condition >> 1] != (condition & 1);
}
