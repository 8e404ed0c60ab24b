/* SPDX-License-Identifier: MIT */
/**
 * Exception return as a function of state, held against the Arm ARM (DDI 0487) D1.4: what makes
 * a return illegal, what an illegal one does, and that a legal one undoes the entry.
 */
#include "base/random.h"
#include "hvcheck/exception.h"
#include "suite.h"

#define BIT(n)   (UINT64_C(1) << (n))
#define ALL_FEAT 0x1ffu

static struct hvc_pe at(uint64_t pstate)
{
	return (struct hvc_pe){
	        .features = HVC_FEAT_EL2 | HVC_FEAT_EL3,
	        .pc = 0x400000,
	        .pstate = pstate,
	        .scr_el3 = BIT(0) | BIT(8) | BIT(10),
	        .hcr_el2 = BIT(31),
	        .vbar_el2 = 0x20000,
	};
}

/* All 32 values of M at each level of a PE with everything, EL1 in AArch64 state. */
TEST(modes)
{
	static const struct {
		uint64_t from;
		uint32_t legal; /* bit n: SPSR.M = n */
	} cases[] = {
	        {0x5, 1u << 0 | 1u << 4 | 1u << 5 | 1u << 16},
	        {0x9, 1u << 0 | 1u << 4 | 1u << 5 | 1u << 8 | 1u << 9 | 1u << 16},
	        {0xd,
	         1u << 0 | 1u << 4 | 1u << 5 | 1u << 8 | 1u << 9 | 1u << 12 | 1u << 13 | 1u << 16},
	};

	for (size_t i = 0; i < 3; i++)
		for (unsigned m = 0; m < 32; m++) {
			struct hvc_pe pe = at(cases[i].from);
			struct hvc_return out;

			hvc_exception_return(&pe, 0x1000, m, &out);
			ck_assert_msg(out.illegal == !(cases[i].legal >> m & 1),
			              "from mode 0x%llx to 0x%x", (unsigned long long)cases[i].from,
			              m);
			ck_assert_uint_eq(out.pc, 0x1000);
		}
}

TEST(illegal_by_control)
{
	static const struct {
		const char *what;
		unsigned features;
		uint64_t from, scr, hcr, to;
		bool illegal;
	} cases[] = {
	        {"EL1 under TGE", 3, 9, 0x501, BIT(31) | BIT(27), 5, true},
	        {"EL1t under TGE", 3, 9, 0x501, BIT(31) | BIT(27), 4, true},
	        {"EL1 of a host", 3 | HVC_FEAT_VHE, 9, 0x501, BIT(31) | BIT(27) | BIT(34), 5, true},
	        {"EL0 of a host", 3 | HVC_FEAT_VHE, 9, 0x501, BIT(31) | BIT(27) | BIT(34), 0,
	         false},
	        {"EL0 of a host, RW clear", 3 | HVC_FEAT_VHE, 9, 0x501, BIT(27) | BIT(34), 0,
	         false},
	        {"EL2 of a host", 3 | HVC_FEAT_VHE, 9, 0x501, BIT(31) | BIT(27) | BIT(34), 9,
	         false},
	        {"EL1 with E2H alone", 3 | HVC_FEAT_VHE, 9, 0x501, BIT(31) | BIT(34), 5, false},
	        {"TGE where EL2 is off", 3, 13, 0x500, BIT(31) | BIT(27), 5, false},
	        {"EL1, RW clear", 3, 9, 0x501, 0, 5, true},
	        {"EL0, RW clear", 3, 9, 0x501, 0, 0, true},
	        {"EL0, RW clear, TGE without E2H", 3 | HVC_FEAT_VHE, 9, 0x501, BIT(27), 0, true},
	        {"EL2, RW clear", 3, 9, 0x501, 0, 9, false},
	        {"EL1 from EL3, RW clear", 3, 13, 0x501, 0, 5, true},
	        {"EL1 from EL3, RW clear where EL2 is off", 3, 13, 0x500, 0, 5, false},
	        {"EL2 while secure", 3, 13, 0x500, BIT(31), 9, true},
	        {"EL2 while secure, EEL2 unimplemented", 3, 13, 0x40500, BIT(31), 9, true},
	        {"secure EL2", 3 | HVC_FEAT_SEL2, 13, 0x40500, BIT(31), 9, false},
	        {"EL2, SCR_EL3.RW clear", 3, 13, 0x101, BIT(31), 9, true},
	        {"EL1, SCR_EL3.RW clear", 3, 13, 0x101, BIT(31), 5, true},
	        {"EL0, SCR_EL3.RW clear", 3, 13, 0x101, BIT(31), 0, true},
	        {"EL3, SCR_EL3.RW clear", 3, 13, 0x101, BIT(31), 13, false},
	        {"secure EL2, SCR_EL3.RW clear", 3 | HVC_FEAT_SEL2, 13, 0x40100, BIT(31), 9, false},
	        {"no EL3: SCR does not count", 1, 9, 0, BIT(31), 5, false},
	        {"no EL2", 2, 13, 0x501, BIT(31), 9, true},
	        {"no EL2: HCR does not count", 2, 13, 0x501, BIT(27), 5, false},
	        {"AArch32 user under EL1 in AArch64", 3, 9, 0x501, BIT(31), 0x10, false},
	        {"AArch32 supervisor, RW set", 3, 9, 0x501, BIT(31), 0x13, true},
	        {"AArch32 user", 3, 9, 0x501, 0, 0x10, false},
	        {"AArch32 user of a host", 3 | HVC_FEAT_VHE, 9, 0x501, BIT(27) | BIT(34), 0x10,
	         false},
	        {"AArch32 FIQ", 3, 9, 0x501, 0, 0x11, false},
	        {"AArch32 IRQ", 3, 9, 0x501, 0, 0x12, false},
	        {"AArch32 supervisor", 3, 9, 0x501, 0, 0x13, false},
	        {"AArch32 supervisor, TGE", 3, 9, 0x501, BIT(27), 0x13, true},
	        {"AArch32 abort", 3, 9, 0x501, 0, 0x17, false},
	        {"AArch32 undefined", 3, 9, 0x501, 0, 0x1b, false},
	        {"AArch32 system", 3, 9, 0x501, 0, 0x1f, false},
	        {"AArch32 monitor", 3, 9, 0x501, 0, 0x16, true},
	        {"AArch32 Hyp", 3, 9, 0x501, 0, 0x1a, true},
	        {"AArch32, no such mode", 3, 9, 0x501, 0, 0x14, true},
	        {"AArch32 EL1 from EL1", 3, 5, 0x501, BIT(31), 0x13, true},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hvc_pe pe = at(cases[i].from);
		struct hvc_return out;

		pe.features = cases[i].features;
		pe.scr_el3 = cases[i].scr;
		pe.hcr_el2 = cases[i].hcr;
		hvc_exception_return(&pe, 0, cases[i].to, &out);
		ck_assert_msg(out.illegal == cases[i].illegal, "%s", cases[i].what);
	}
}

/* IL is set, the level and the stack pointer stay, some fields come from SPSR all the same. */
TEST(effect_of_an_illegal_return)
{
	static const uint64_t taken[] = {BIT(31), BIT(30), BIT(29), BIT(28), BIT(22),
	                                 BIT(13), BIT(9),  BIT(8),  BIT(7),  BIT(6)};
	uint64_t unknown = BIT(25) | BIT(24) | BIT(23) | BIT(21) | BIT(12) | BIT(11) | BIT(10);

	for (unsigned n = 0; n < 1u << 10; n++) {
		struct hvc_pe pe = at(0x9);
		struct hvc_return out;
		uint64_t fields = 0;

		for (unsigned i = 0; i < 10; i++)
			fields |= n >> i & 1 ? taken[i] : 0;
		pe.features = ALL_FEAT;
		hvc_exception_return(&pe, 0x5550, fields | 0xc, &out);
		ck_assert(out.illegal);
		ck_assert_uint_eq(out.pc, 0x5550);
		ck_assert_uint_eq(out.pstate & ~unknown, fields | BIT(20) | 0x9);
		pe.pstate = 0x8 | (UINT64_C(0xf0400000) | BIT(13) | 0x3c0);
		hvc_exception_return(&pe, 0x5550, fields | 0x3, &out);
		ck_assert_uint_eq(out.pstate & ~unknown, fields | BIT(20) | 0x8);
	}
}

/* HVC and then ERET with what the entry wrote: the same PE, one instruction further. */
TEST(return_undoes_the_entry)
{
	static const uint64_t callers[] = {0x4, 0x5, 0x8, 0x9};
	uint64_t fields = UINT64_C(0xf3c03fc0); /* all but SS, which a return may clear, and IL */
	uint64_t seed = 88172645463325252u;
	unsigned restored = 0;

	for (unsigned n = 0; n < 20000; n++) {
		struct hvc_pe pe = at(callers[n & 3] | (hvc_random(&seed) & fields)), el2;
		struct hvc_entry entry;
		struct hvc_return back;

		pe.features = ALL_FEAT;
		pe.pc = hvc_random(&seed) & ~UINT64_C(3);
		pe.sctlr_el2 = hvc_random(&seed);
		hvc_exception_hvc(&pe, (uint16_t)n, &entry);
		el2 = pe;
		el2.pc = entry.vector;
		el2.pstate = entry.pstate;
		hvc_exception_return(&el2, entry.elr, entry.spsr, &back);
		ck_assert(!back.illegal);
		ck_assert_uint_eq(back.pc, pe.pc + 4);
		ck_assert_uint_eq(back.pstate & ~UINT64_C(0xc00), pe.pstate & ~UINT64_C(0xc00));
		restored += back.pstate == pe.pstate;
	}
	ck_assert_uint_gt(restored, 0);
}

/* Fields that the PE lacks stay clear whatever SPSR says. */
TEST(return_sets_no_field_that_is_not_there)
{
	static const struct {
		uint64_t bit;
		unsigned feature;
	} fields[] = {
	        {BIT(25), HVC_FEAT_MTE}, {BIT(23), HVC_FEAT_UAO},  {BIT(22), HVC_FEAT_PAN},
	        {BIT(13), HVC_FEAT_NMI}, {BIT(12), HVC_FEAT_SSBS},
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		for (unsigned with = 0; with < 2; with++) {
			struct hvc_pe pe = at(0x9);
			struct hvc_return out;

			pe.features = with ? ALL_FEAT : ALL_FEAT & ~fields[i].feature;
			hvc_exception_return(&pe, 0, 0x5 | fields[i].bit, &out);
			ck_assert_uint_eq(out.pstate, 0x5 | (with ? fields[i].bit : 0));
		}
}

SUITE_MAIN("eret")
