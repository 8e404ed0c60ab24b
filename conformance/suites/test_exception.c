/* SPDX-License-Identifier: MIT */
/**
 * Exception entry as a function of state, held against the Arm ARM (DDI 0487): C6.2 HVC, D1.3
 * exception entry, C5.2.19 SPSR_EL2. What the text says is written out here once more, in its
 * own order, and compared over the whole state space.
 */
#include <string.h>

#include "hvcheck/exception.h"
#include "suite.h"

#define EL1H     UINT64_C(0x5)
#define BIT(n)   (UINT64_C(1) << (n))
#define ALL_FEAT 0x1ffu /* every bit of enum hvc_feature */

static const uint64_t modes[] = {0x0, 0x4, 0x5, 0x8, 0x9, 0xc, 0xd}; /* EL0 to EL3h */

#define MODES (sizeof modes / sizeof *modes)

static struct hvc_pe typical(uint64_t pstate)
{
	return (struct hvc_pe){
	        .features = HVC_FEAT_EL2 | HVC_FEAT_EL3,
	        .pc = 0x400000,
	        .pstate = pstate,
	        .scr_el3 = BIT(0) | BIT(8) | BIT(10), /* NS, HCE, RW */
	        .hcr_el2 = BIT(31),                   /* RW */
	        .vbar_el1 = 0x10000,
	        .vbar_el2 = 0x20000,
	};
}

/* A state made of the bits of n: three features, NS, HCE, EEL2, HCD, TGE, and the mode. */
#define STATES (256u * MODES)

static struct hvc_pe state(unsigned n)
{
	struct hvc_pe pe = typical(modes[n / 256 % MODES]);

	pe.features = (n & 1 ? HVC_FEAT_EL2 : 0) | (n & 2 ? HVC_FEAT_EL3 : 0) |
	              (n & 4 ? (unsigned)HVC_FEAT_SEL2 : 0);
	pe.scr_el3 = (n & 8 ? BIT(0) : 0) | (n & 16 ? BIT(8) : 0) | (n & 32 ? BIT(18) : 0);
	pe.hcr_el2 = (n & 64 ? BIT(29) : 0) | (n & 128 ? BIT(27) : 0) | BIT(31);
	return pe;
}

/* C6.2 HVC: the tests in the order of the manual, each with its own words. */
static bool text_says_undefined(unsigned n)
{
	unsigned el = (unsigned)(modes[n / 256 % MODES] >> 2);
	bool have_el2 = n & 1, have_el3 = n & 2, have_sel2 = n & 4;
	bool ns = n & 8, hce = n & 16, eel2 = n & 32, hcd = n & 64;

	if (!have_el2)
		return true;
	if (el == 0)
		return true;
	if (el == 1 && have_el3 && !ns && !(have_sel2 && eel2))
		return true;
	return have_el3 ? !hce : hcd;
}

TEST(undefined_exactly_where_the_manual_says)
{
	unsigned undefined = 0;

	for (unsigned n = 0; n < STATES; n++) {
		struct hvc_pe pe = state(n);
		bool is = hvc_exception_hvc_is_undefined(&pe);

		ck_assert_msg(is == text_says_undefined(n),
		              "features 0x%x mode 0x%llx SCR 0x%llx HCR 0x%llx: %d", pe.features,
		              (unsigned long long)pe.pstate, (unsigned long long)pe.scr_el3,
		              (unsigned long long)pe.hcr_el2, is);
		undefined += is;
	}
	ck_assert_uint_gt(undefined, 0);
	ck_assert_uint_lt(undefined, STATES);
}

/* The cases that are easiest to get wrong, with their answers as constants. */
TEST(undefined_by_name)
{
	static const struct {
		const char *what;
		unsigned features;
		uint64_t mode, scr, hcr;
		bool undefined;
	} cases[] = {
	        {"EL1, HCE clear", 3, 5, 0x401, BIT(31), true},
	        {"EL2, HCE clear", 3, 9, 0x401, BIT(31), true},
	        {"EL3, HCE clear", 3, 13, 0x401, BIT(31), true},
	        {"EL3, HCE set", 3, 13, 0x501, BIT(31), false},
	        {"EL3, HCE set, secure", 3, 13, 0x500, BIT(31), false},
	        {"HCD is ignored with EL3", 3, 5, 0x501, BIT(31) | BIT(29), false},
	        {"HCD counts without EL3", 1, 5, 0, BIT(31) | BIT(29), true},
	        {"HCD counts at EL2, too", 1, 9, 0, BIT(31) | BIT(29), true},
	        {"SCR is ignored without EL3", 1, 5, 0, BIT(31), false},
	        {"EL0, all enabled", 3, 0, 0x501, BIT(31), true},
	        {"EL0 of a host", 3, 0, 0x501, BIT(31) | BIT(27) | BIT(34), true},
	        {"secure EL1 without secure EL2", 3, 5, 0x500, BIT(31), true},
	        {"secure EL1, EEL2 without the feature", 3, 5, 0x40500, BIT(31), true},
	        {"secure EL1 with secure EL2", 3 | HVC_FEAT_SEL2, 5, 0x40500, BIT(31), false},
	        {"no EL2", 2, 5, 0x501, BIT(31), true},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hvc_pe pe = typical(cases[i].mode);

		pe.features = cases[i].features;
		pe.scr_el3 = cases[i].scr;
		pe.hcr_el2 = cases[i].hcr;
		ck_assert_msg(hvc_exception_hvc_is_undefined(&pe) == cases[i].undefined, "%s",
		              cases[i].what);
	}
}

/* EC 0, IL, no ISS, back to the HVC itself, at the present level; EL0 goes to EL1 or its host. */
TEST(undefined_is_taken_where_the_manual_says)
{
	for (unsigned n = 0; n < STATES; n++) {
		struct hvc_pe pe = state(n);
		unsigned el = (unsigned)(pe.pstate >> 2), target = el;
		bool enabled = n & 1 && (!(n & 2) || n & 8 || (n & 4 && n & 32));
		struct hvc_entry entry;

		if (!hvc_exception_hvc_is_undefined(&pe))
			continue;
		hvc_exception_hvc(&pe, 0x1234, &entry);
		if (el == 0)
			target = enabled && n & 128 ? 2 : 1;
		ck_assert_uint_eq(entry.target_el, target);
		ck_assert_uint_eq(entry.esr, 0x02000000);
		ck_assert_uint_eq(entry.elr, pe.pc);
		ck_assert_uint_eq(entry.spsr, pe.pstate);
		ck_assert_uint_eq(entry.pstate & 0x1f, target << 2 | 1);
	}
}

TEST(syndrome_of_every_immediate)
{
	for (unsigned mode = 1; mode < MODES; mode++) {
		struct hvc_pe pe = typical(modes[mode]);
		struct hvc_entry entry;

		for (unsigned imm = 0; imm < 65536; imm++) {
			hvc_exception_hvc(&pe, (uint16_t)imm, &entry);
			ck_assert_uint_eq(entry.esr, 0x5a000000u | imm);
			ck_assert_uint_eq(entry.elr, pe.pc + 4);
		}
	}
}

TEST(target_and_slot)
{
	static const struct {
		uint64_t mode;
		unsigned target;
		uint64_t vector;
	} cases[] = {
	        {0x4, 2, 0x20400}, {0x5, 2, 0x20400}, {0x8, 2, 0x20000},
	        {0x9, 2, 0x20200}, {0xc, 3, 0x000},   {0xd, 3, 0x200},
	};
	static const uint64_t hcrs[] = {BIT(31), BIT(31) | BIT(34), BIT(31) | BIT(34) | BIT(27)};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t h = 0; h < 3; h++)
			for (unsigned low = 0; low < 11; low++) {
				struct hvc_pe pe = typical(cases[i].mode);
				struct hvc_entry entry;

				pe.features |= HVC_FEAT_VHE;
				pe.hcr_el2 = hcrs[h]; /* E2H and TGE move neither */
				pe.vbar_el2 |= BIT(low);
				hvc_exception_hvc(&pe, 7, &entry);
				ck_assert_uint_eq(entry.target_el, cases[i].target);
				ck_assert_uint_eq(entry.vector, cases[i].vector);
				ck_assert_uint_eq(entry.esr, 0x5a000007);
			}
}

/* The PSTATE bits that SPSR can hold, and the feature that each takes. */
static const struct {
	const char *name;
	uint64_t bit;
	unsigned feature; /* 0: always there */
} fields[] = {
        {"N", BIT(31), 0},
        {"Z", BIT(30), 0},
        {"C", BIT(29), 0},
        {"V", BIT(28), 0},
        {"TCO", BIT(25), HVC_FEAT_MTE},
        {"DIT", BIT(24), 0},
        {"UAO", BIT(23), HVC_FEAT_UAO},
        {"PAN", BIT(22), HVC_FEAT_PAN},
        {"SS", BIT(21), 0},
        {"IL", BIT(20), 0},
        {"ALLINT", BIT(13), HVC_FEAT_NMI},
        {"SSBS", BIT(12), HVC_FEAT_SSBS},
        {"D", BIT(9), 0},
        {"A", BIT(8), 0},
        {"I", BIT(7), 0},
        {"F", BIT(6), 0},
};

#define FIELDS (sizeof fields / sizeof *fields)

TEST(spsr_holds_each_field_where_it_exists)
{
	for (size_t i = 0; i < FIELDS; i++)
		for (unsigned other = 0; other <= ALL_FEAT; other++) {
			struct hvc_pe pe = typical(EL1H | fields[i].bit);
			bool there = !fields[i].feature || other & fields[i].feature;
			struct hvc_entry entry;

			pe.features = other | HVC_FEAT_EL2 | HVC_FEAT_EL3;
			hvc_exception_hvc(&pe, 0, &entry);
			ck_assert_msg(entry.spsr == (EL1H | (there ? fields[i].bit : 0)),
			              "%s with features 0x%x: SPSR 0x%llx", fields[i].name,
			              pe.features, (unsigned long long)entry.spsr);
		}
}

/* Bits of no AArch64 field read zero, whatever the PE implements. BTYPE may be kept or not. */
TEST(spsr_holds_nothing_else)
{
	uint64_t known = UINT64_C(0xd) | BIT(10) | BIT(11);
	struct hvc_pe pe = typical(~BIT(2) & ~BIT(4) & ~BIT(1)); /* a mode of EL2 */
	struct hvc_entry entry;

	for (size_t i = 0; i < FIELDS; i++)
		known |= fields[i].bit;
	pe.pstate = (UINT64_MAX & ~UINT64_C(0x1f)) | 0x9;
	pe.features = ALL_FEAT;
	hvc_exception_hvc(&pe, 0, &entry);
	ck_assert_uint_eq(entry.spsr & ~known, 0);
	ck_assert_uint_eq(entry.spsr & 0x1f, 0x9);
}

/* The new PSTATE, field by field, from all fields set and from all clear. */
TEST(pstate_on_entry)
{
	for (unsigned n = 0; n < 2u * 8u * (ALL_FEAT + 1); n++) {
		unsigned features = (n >> 4) | HVC_FEAT_EL2 | HVC_FEAT_EL3;
		bool ones = n & 1;
		struct hvc_pe pe = typical(ones ? EL1H | UINT64_C(0xf3f03fc0) : EL1H);
		struct hvc_entry entry;
		uint64_t should = 0x3c9; /* EL2h, D A I F set, SS, IL, UAO, BTYPE clear */

		pe.features = features;
		pe.sctlr_el2 =
		        (n & 2 ? BIT(44) : 0) | (n & 4 ? BIT(62) : 0) | (n & 8 ? BIT(23) : 0);
		hvc_exception_hvc(&pe, 0, &entry);
		if (ones)
			should |= UINT64_C(0xf0000000) | BIT(24); /* NZCV, DIT unchanged */
		if (ones && features & HVC_FEAT_PAN)
			should |= BIT(22); /* unchanged: this is not a host's own exception */
		if (n & 2 && features & HVC_FEAT_SSBS)
			should |= BIT(12); /* SCTLR_EL2.DSSBS */
		if (!(n & 4) && features & HVC_FEAT_NMI)
			should |= BIT(13); /* not SCTLR_EL2.SPINTMASK */
		if (features & HVC_FEAT_MTE)
			should |= BIT(25);
		ck_assert_msg(entry.pstate == should, "features 0x%x SCTLR 0x%llx: 0x%llx",
		              features, (unsigned long long)pe.sctlr_el2,
		              (unsigned long long)entry.pstate);
	}
}

/* PAN is set for EL1, and for EL2 while E2H and TGE are; never when SPAN is set; else kept. */
TEST(pan_on_entry)
{
	for (unsigned n = 0; n < 256; n++) {
		bool was = n & 1, e2h = n & 2, tge = n & 4, span1 = n & 8, span2 = n & 16;
		bool to_el1 = n & 32, vhe = n & 64, pan = n & 128;
		struct hvc_pe pe = typical((to_el1 ? 0x5 : 0x9) | (was ? BIT(22) : 0));
		struct hvc_entry entry;
		bool set;

		pe.features |= (vhe ? (unsigned)HVC_FEAT_VHE : 0) | (pan ? HVC_FEAT_PAN : 0);
		pe.hcr_el2 |= (e2h ? BIT(34) : 0) | (tge ? BIT(27) : 0);
		pe.sctlr_el1 = span1 ? BIT(23) : 0;
		pe.sctlr_el2 = span2 ? BIT(23) : 0;
		hvc_exception_take(&pe, to_el1 ? 1 : 2, 0, 0, &entry);
		set = to_el1 ? !span1 : vhe && e2h && tge && !span2;
		ck_assert_msg((entry.pstate >> 22 & 1) == (pan && (was || set)), "case %u", n);
	}
}

/* SMC from EL1 under HCR_EL2.TSC: EC 0x17, and back to the SMC itself. Otherwise not ours. */
TEST(trapped_smc)
{
	for (size_t m = 0; m < MODES; m++)
		for (unsigned n = 0; n < 4; n++) {
			struct hvc_pe pe = typical(modes[m]);
			bool tsc = n & 1, ns = n & 2, trapped = (m == 1 || m == 2) && tsc && ns;
			struct hvc_entry entry, before;

			memset(&entry, 0xa5, sizeof entry);
			before = entry;
			pe.hcr_el2 |= tsc ? BIT(19) : 0;
			pe.scr_el3 &= ns ? UINT64_MAX : ~BIT(0);
			ck_assert_int_eq(hvc_exception_smc(&pe, 0xbeef, &entry), trapped);
			if (!trapped) {
				ck_assert_mem_eq(&entry, &before, sizeof entry);
				continue;
			}
			ck_assert_uint_eq(entry.esr, 0x5e00beef);
			ck_assert_uint_eq(entry.elr, pe.pc);
			ck_assert_uint_eq(entry.vector, 0x20400);
			ck_assert_uint_eq(entry.target_el, 2);
			ck_assert_uint_eq(entry.spsr, pe.pstate);
		}
}

SUITE_MAIN("exception")
