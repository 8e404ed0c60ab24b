/* SPDX-License-Identifier: MIT */
/** Classes of A64 encodings to try, by Arm ARM C4.1. */
#ifndef LIFT_CLASSES_H
#define LIFT_CLASSES_H

#include "hvcheck/world.h"

enum kind {
	PLAIN,
	ACCESS,   /* Rn points to memory, Rm is a small number */
	SIMD_REG, /* as PLAIN, with FP/SIMD registers */
	JUMP,     /* Rn is an address in the slot */
	TARGET19, /* a target in the slot, from bit 5 on */
	TARGET14,
	TARGET26,
};

/* Fixed bits, free bits. */
static const struct class
{
	const char *name;
	uint32_t value, free;
	enum kind kind;
	enum hvc_cpu cpu;
} classes[] = {
        /* clang-format off */
	{"adr, adrp",           0x10000000, 0xe0ffffff, PLAIN, HVC_CPU_A72},
	{"add/sub immediate",   0x11000000, 0xe07fffff, PLAIN, HVC_CPU_A72},
	{"logical immediate",   0x12000000, 0xe07fffff, PLAIN, HVC_CPU_A72},
	{"move wide",           0x12800000, 0xe07fffff, PLAIN, HVC_CPU_A72},
	{"bitfield",            0x13000000, 0xe07fffff, PLAIN, HVC_CPU_A72},
	{"bitfield, 64 bits",   0x93400000, 0x603fffff, PLAIN, HVC_CPU_A72},
	{"extr",                0x13800000, 0x801fffff, PLAIN, HVC_CPU_A72},
	{"extr, 64 bits",       0x93c00000, 0x001fffff, PLAIN, HVC_CPU_A72},
	{"logical shifted",     0x0a000000, 0xe0ffffff, PLAIN, HVC_CPU_A72},
	{"add/sub shifted",     0x0b000000, 0xe0dfffff, PLAIN, HVC_CPU_A72},
	{"add/sub extended",    0x0b200000, 0xe01fffff, PLAIN, HVC_CPU_A72},
	{"adc, sbc",            0x1a000000, 0xe01f03ff, PLAIN, HVC_CPU_A72},
	{"ccmp, ccmn",          0x3a400000, 0xc01ffbef, PLAIN, HVC_CPU_A72},
	{"csel",                0x1a800000, 0xc01ff7ff, PLAIN, HVC_CPU_A72},
	{"one source",          0x5ac00000, 0x800017ff, PLAIN, HVC_CPU_A72},
	{"divide",              0x1ac00800, 0x801f07ff, PLAIN, HVC_CPU_A72},
	{"shift by register",   0x1ac02000, 0x801f0fff, PLAIN, HVC_CPU_A72},
	{"madd, msub",          0x1b000000, 0x801fffff, PLAIN, HVC_CPU_A72},
	{"smaddl, umaddl",      0x9b200000, 0x009fffff, PLAIN, HVC_CPU_A72},
	{"smulh, umulh",        0x9b407c00, 0x009f03ff, PLAIN, HVC_CPU_A72},
	{"hint",                0xd503201f, 0x00000fe0, PLAIN, HVC_CPU_A72},
	{"dsb, dmb",            0xd503309f, 0x00000f20, PLAIN, HVC_CPU_A72},
	{"isb",                 0xd50330df, 0x00000f00, PLAIN, HVC_CPU_A72},
	{"nzcv",                0xd51b4200, 0x0020001f, PLAIN, HVC_CPU_A72},
	{"daif",                0xd51b4220, 0x0020001f, PLAIN, HVC_CPU_A72},
	{"daifset, daifclr",    0xd50340df, 0x00000f20, PLAIN, HVC_CPU_A72},
	{"currentel, spsel",    0xd5384200, 0x0000005f, PLAIN, HVC_CPU_A72},
	{"pan",                 0xd5184260, 0x0020001f, PLAIN, HVC_CPU_MAX},
	{"mrs, esr and so on",  0xd53c5200, 0x0000001f, PLAIN, HVC_CPU_A72},
	{"elr, spsr",           0xd51c4000, 0x0020003f, PLAIN, HVC_CPU_A72},
	{"tpidr",               0xd51cd040, 0x0020001f, PLAIN, HVC_CPU_A72},
	{"sp_el0, sp_el1",      0xd5184100, 0x0024001f, PLAIN, HVC_CPU_A72},
	{"b, bl",               0x14000000, 0x80000000, TARGET26, HVC_CPU_A72},
	{"b.cond",              0x54000000, 0x0000000f, TARGET19, HVC_CPU_A72},
	{"cbz, cbnz",           0x34000000, 0x8100001f, TARGET19, HVC_CPU_A72},
	{"tbz, tbnz",           0x36000000, 0x81f8001f, TARGET14, HVC_CPU_A72},
	{"br, blr, ret",        0xd61f0000, 0x006003e0, JUMP, HVC_CPU_A72},
	{"svc, brk, hlt, udf",  0xd4000000, 0x00ffffff, PLAIN, HVC_CPU_A72},
	{"unsigned offset",     0x39000000, 0xc4ffffff, ACCESS, HVC_CPU_A72},
	{"signed offset",       0x38000000, 0xc4dfffff, ACCESS, HVC_CPU_A72},
	{"register offset",     0x38200800, 0xc4dff3ff, ACCESS, HVC_CPU_A72},
	{"pair",                0x28000000, 0xc5ffffff, ACCESS, HVC_CPU_A72},
	{"literal",             0x18000000, 0xc4000fff, ACCESS, HVC_CPU_A72},
	{"ldxr, stxr",          0x08000000, 0xc05fffff, ACCESS, HVC_CPU_A72},
	{"ldxp, stxp",          0x88200000, 0x405fffff, ACCESS, HVC_CPU_A72},
	{"ldar, stlr",          0x089ffc00, 0xc04003ff, ACCESS, HVC_CPU_A72},
	{"compare and swap",    0x08a07c00, 0xc05f83ff, ACCESS, HVC_CPU_MAX},
	{"casp",                0x08207c00, 0x405f83ff, ACCESS, HVC_CPU_MAX},
	{"ldadd, ldclr, ...",   0x38200000, 0xc0df33ff, ACCESS, HVC_CPU_MAX},
	/* Of fewer bits the engine compares all 64 of the register: see narrow_atomics. */
	{"ldsmax, ldumin, ...", 0xf8204000, 0x00df33ff, ACCESS, HVC_CPU_MAX},
	{"swp",                 0x38208000, 0xc0df03ff, ACCESS, HVC_CPU_MAX},
	{"ldapr",               0x38bfc000, 0xc00003ff, ACCESS, HVC_CPU_MAX},
	{"pacia, autia, xpaci", 0xdac10000, 0x00007fff, PLAIN, HVC_CPU_MAX},
	{"hints of pointers",   0xd503211f, 0x000002e0, PLAIN, HVC_CPU_MAX},
	{"braa, retaa, blraaz", 0xd61f0800, 0x016007ff, JUMP, HVC_CPU_MAX},
	{"ldraa, ldrab",        0xf8200400, 0x00dffbff, ACCESS, HVC_CPU_MAX},
	{"uao, dit, ssbs, tco", 0xd503401f, 0x00000fe0, PLAIN, HVC_CPU_MAX},
	/* What this CPU has not. */
	{"no pacia",            0xdac10000, 0x00007fff, PLAIN, HVC_CPU_A72},
	{"no braa",             0xd61f0800, 0x016007ff, JUMP, HVC_CPU_A72},
	{"no ldlar, stllr",     0x08800000, 0xc05fffff, ACCESS, HVC_CPU_A72},
	{"ldlar, stllr",        0x089f7c00, 0xc04003ff, ACCESS, HVC_CPU_MAX},
	{"no cas",              0x08a07c00, 0xc05f83ff, ACCESS, HVC_CPU_A72},
	{"no casp",             0x08207c00, 0x405f83ff, ACCESS, HVC_CPU_A72},
	{"no ldadd, swp, ldapr",0x38200000, 0xc0dff3ff, ACCESS, HVC_CPU_A72},
	{"no pan",              0xd500409f, 0x00000f00, PLAIN, HVC_CPU_A72},
	{"no uao",              0xd500407f, 0x00000f00, PLAIN, HVC_CPU_A72},
	{"no dit, ssbs, tco",   0xd503401f, 0x00000fe0, PLAIN, HVC_CPU_A72},
	{"ld1, st1, odd",       0x0c006000, 0x40401fff, ACCESS, HVC_CPU_A72},
	{"ld1, st1, even",      0x0c002000, 0x40408fff, ACCESS, HVC_CPU_A72},
	{"ld1, st1, post",      0x0c802000, 0x405f8fff, ACCESS, HVC_CPU_A72},
	{"fmov d, x",           0x9e660000, 0x000103ff, SIMD_REG, HVC_CPU_A72},
	{"fmov s, w",           0x1e260000, 0x000103ff, SIMD_REG, HVC_CPU_A72},
	{"fmov upper half",     0x9eae0000, 0x000103ff, SIMD_REG, HVC_CPU_A72},
	{"fmov",                0x1e204000, 0x004003ff, SIMD_REG, HVC_CPU_A72},
	{"simd bitwise",        0x0e201c00, 0x60df03ff, SIMD_REG, HVC_CPU_A72},
	{"movi, mvni, orr, bic",0x0f000400, 0x6007f3ff, SIMD_REG, HVC_CPU_A72},
	{"dup, ins, umov, smov",0x0e000400, 0x601f7bff, SIMD_REG, HVC_CPU_A72},
	{"simd add, sub",       0x0e208400, 0x60df03ff, SIMD_REG, HVC_CPU_A72},
	{"simd compare",        0x0e203400, 0x60df0bff, SIMD_REG, HVC_CPU_A72},
	{"sshl, ushl",          0x0e204400, 0x60df03ff, SIMD_REG, HVC_CPU_A72},
	{"cmeq, cmtst",         0x0e208c00, 0x60df03ff, SIMD_REG, HVC_CPU_A72},
	{"smax, umin, ...",     0x0e206400, 0x605f0bff, SIMD_REG, HVC_CPU_A72},
	{"smaxp, uminp, ...",   0x0e20a400, 0x605f0bff, SIMD_REG, HVC_CPU_A72},
	{"simd mul",            0x0e209c00, 0x405f03ff, SIMD_REG, HVC_CPU_A72},
	{"addp",                0x0e20bc00, 0x40df03ff, SIMD_REG, HVC_CPU_A72},
	{"rev64, rev32, rev16", 0x0e200800, 0x60c013ff, SIMD_REG, HVC_CPU_A72},
	{"cnt, not",            0x0e205800, 0x600003ff, SIMD_REG, HVC_CPU_A72},
	{"simd clz",            0x2e204800, 0x40c003ff, SIMD_REG, HVC_CPU_A72},
	{"compare with zero",   0x0e208800, 0x60c013ff, SIMD_REG, HVC_CPU_A72},
	{"cmlt",                0x0e20a800, 0x40c003ff, SIMD_REG, HVC_CPU_A72},
	{"abs, neg",            0x0e20b800, 0x60c003ff, SIMD_REG, HVC_CPU_A72},
	{"xtn",                 0x0e212800, 0x40c003ff, SIMD_REG, HVC_CPU_A72},
	{"addv",                0x0e31b800, 0x40c003ff, SIMD_REG, HVC_CPU_A72},
	{"saddlv, uaddlv",      0x0e303800, 0x60c003ff, SIMD_REG, HVC_CPU_A72},
	{"smaxv, uminv, ...",   0x0e30a800, 0x60c103ff, SIMD_REG, HVC_CPU_A72},
	{"uzp, trn, zip",       0x0e000800, 0x40df73ff, SIMD_REG, HVC_CPU_A72},
	{"ext",                 0x2e000000, 0x401f7bff, SIMD_REG, HVC_CPU_A72},
	{"sshr, ushr",          0x0f080400, 0x607703ff, SIMD_REG, HVC_CPU_A72},
	{"ssra, usra",          0x0f081400, 0x607703ff, SIMD_REG, HVC_CPU_A72},
	{"simd shl",            0x0f085400, 0x407703ff, SIMD_REG, HVC_CPU_A72},
	{"shrn",                0x0f088400, 0x403703ff, SIMD_REG, HVC_CPU_A72},
	{"sshll, ushll",        0x0f08a400, 0x603703ff, SIMD_REG, HVC_CPU_A72},
	{"addl, subw, ...",     0x0e200000, 0x60df33ff, SIMD_REG, HVC_CPU_A72},
	{"mlal, mlsl",          0x0e208000, 0x605f23ff, SIMD_REG, HVC_CPU_A72},
	{"mull",                0x0e20c000, 0x605f03ff, SIMD_REG, HVC_CPU_A72},
	{"add, sub, scalar",    0x5ee08400, 0x201f03ff, SIMD_REG, HVC_CPU_A72},
	{"addp, scalar",        0x5ef1b800, 0x000003ff, SIMD_REG, HVC_CPU_A72},
	{"ld1, st1, element",   0x0d000000, 0x40409fff, ACCESS, HVC_CPU_A72},
	{"ld1, element, post",  0x0d800000, 0x405f9fff, ACCESS, HVC_CPU_A72},
	{"ld1r",                0x0d40c000, 0x40000fff, ACCESS, HVC_CPU_A72},
        /* clang-format on */
};

#endif
