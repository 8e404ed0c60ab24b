/* SPDX-License-Identifier: MIT */
/**
 * The lifter's decoder against Capstone's: random words of each row of its tables are instructions
 * of the names that belong to the row, and what Capstone takes for none is not lifted.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lift_random.h"
#include "machine/reg.h"
#include "suite.h"
#include "symbolic/lift.h"

#define TRIES 500u

/* Names of the Arm ARM and their aliases; a star stands for any rest of one. */
static const struct {
	const char *row, *names;
} rows[] = {
        /* clang-format off */
        {"pc-relative", "adr adrp"},
        {"add/sub immediate", "add adds sub subs cmn cmp mov"},
        {"logical immediate", "and ands eor orr tst mov"},
        {"move wide", "mov movk movn movz"},
        {"bitfield",
         "sbfm bfm ubfm sbfiz sbfx bfi bfc bfxil ubfiz ubfx asr lsl lsr sxtb sxth sxtw "
         "uxtb uxth"},
        {"extract", "extr ror"},
        {"logical shifted", "and ands bic bics eon eor mov mvn orn orr tst"},
        {"add/sub shifted", "add adds cmn cmp neg negs sub subs"},
        {"add/sub extended", "add adds cmn cmp sub subs"},
        {"add/sub with carry", "adc adcs ngc ngcs sbc sbcs"},
        {"conditional compare", "ccmn ccmp"},
        {"conditional select", "cinc cinv cneg csel cset csetm csinc csinv csneg"},
        {"one source", "cls clz rbit rev rev16 rev32"},
        {"two sources", "asr crc32* lsl lsr ror sdiv udiv pacga"},
        {"three sources",
         "madd mneg msub mul smaddl smnegl smsubl smulh smull umaddl umnegl umsubl umulh "
         "umull"},
        {"branch", "b bl"},
        {"branch on condition", "b.*"},
        {"compare and branch", "cbnz cbz"},
        {"test and branch", "tbnz tbz"},
        {"branch to register", "blr* br* eret* ret*"},
        {"exception", "smc"},
        {"hint", "aut* bti csdb dgh esb hint nop pac* psb sev sevl tsb wfe wfi xpaclri yield"},
        {"barrier", "clrex dfb dmb dsb isb msr pssbb sb ssbb"},
        {"pstate", "cfinv msr"},
        {"system", "at dc ic sys tlbi"},
        {"system register", "mrs msr"},
        {"load literal", "ldr ldrsw prfm"},
        {"pair", "ldnp ldp ldpsw stnp stp"},
        {"unsigned offset", "ldr ldrb ldrh ldrsb ldrsh ldrsw prfm str strb strh"},
        {"signed offset", "ldr* ldtr* ldur* prfum str* sttr* stur*"},
        {"register offset", "ldr ldrb ldrh ldrsb ldrsh ldrsw prfm str strb strh"},
        {"ordered, unscaled", "ldapur* stlur*"},
        {"exclusive and ordered", "cas* ldar* ldax* ldlar* ldx* stllr* stlr* stlx* stx*"},
        {"atomic",
         "ldadd* ldapr* ldclr* ldeor* ldset* ldsmax* ldsmin* ldumax* ldumin* stadd* "
         "stclr* steor* stset* stsm* stum* swp*"},
        {"pointer authentication", "aut* pac* xpac*"},
        {"authenticated load", "ldraa ldrab"},
        {"structures", "ld1 st1"},
        {"one element", "ld1 ld1r st1"},
        {"fp move, general", "fmov"},
        {"fp move", "fmov"},
        {"simd bitwise", "and bic bif bit bsl eor mov orn orr"},
        {"simd immediate", "bic fmov movi mvni orr"},
        {"simd copy", "dup ins mov smov umov"},
        {"simd three same",
         "add addp cmeq cmge cmgt cmhi cmhs cmtst mul smax smaxp smin sminp sshl sub "
         "umax umaxp umin uminp ushl"},
        {"simd two", "abs clz cmeq cmge cmgt cmle cmlt cnt mvn neg not rev16 rev32 rev64 xtn xtn2"},
        {"simd across", "addv saddlv smaxv sminv uaddlv umaxv uminv"},
        {"simd permute", "trn1 trn2 uzp1 uzp2 zip1 zip2"},
        {"simd extract", "ext"},
        {"simd shift",
         "shl shrn shrn2 sshll sshll2 sshr ssra sxtl sxtl2 ushll ushll2 ushr usra uxtl "
         "uxtl2"},
        {"simd widening",
         "saddl saddl2 saddw saddw2 smlal smlal2 smlsl smlsl2 smull smull2 ssubl ssubl2 "
         "ssubw ssubw2 uaddl uaddl2 uaddw uaddw2 umlal umlal2 umlsl umlsl2 umull umull2 "
         "usubl usubl2 usubw usubw2"},
        {"simd scalar", "add sub"},
        {"simd scalar pair", "addp"},
        /* clang-format on */
};

/* Instructions that Capstone, or a version of it, does not know, or is wrong about. */
static const struct {
	uint32_t mask, value;
} unknown[] = {
        {0x3f000000, 0x08000000}, /* CAS, LDLAR; exclusives where ignored bits are not ones */
        {0xfffff0ff, 0xd50330ff}, /* SB where ignored bits are not zero */
        {0x3f200c00, 0x38200000}, /* LDADD, SWP, LDAPR */
        {0x3f200c00, 0x19000000}, /* LDAPUR, STLUR */
        {0xffff0000, 0xdac10000}, /* PACIA and so on */
        {0xffe0fc00, 0x9ac03000}, /* PACGA */
        {0xff200400, 0xf8200400}, /* LDRAA */
        {0xfe000800, 0xd6000800}, /* BRAA, RETAA, ERETAA */
        {0xfff8f01f, 0xd500401f}, /* MSR of DIT, SSBS, TCO, UAO; CFINV */
        {0x3b200c00, 0x38000800}, /* LDTR and so on of a register that is the base, too */
        {0xbfe0fc00, 0x0e000c00}, /* DUP and INS where ignored bits are not zero */
        {0xffe08400, 0x6e000400},
};

static bool matches(const char *name, const char *pattern, size_t length)
{
	if (length && pattern[length - 1] == '*')
		return !strncmp(name, pattern, length - 1);
	return strlen(name) == length && !strncmp(name, pattern, length);
}

static bool is_among(const char *name, const char *names)
{
	while (*names) {
		size_t length = strcspn(names, " ");

		if (matches(name, names, length))
			return true;
		names += length;
		names += strspn(names, " ");
	}
	return false;
}

static const char *names_of(const char *row)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].row, row))
			return rows[i].names;
	ck_abort_msg("\"%s\" has no names", row);
	return "";
}

static bool is_unknown(uint32_t word)
{
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		if ((word & unknown[i].mask) == unknown[i].value)
			return true;
	return false;
}

static bool is_lifted(struct hvc_bvs *terms, uint32_t word)
{
	struct hvc_image image = {0};
	struct hvc_scene scene = {.image = &image, .terms = terms, .addresses = 4};
	struct hvc_way *way = hvc_way__open(&scene);
	struct hvc_lift lift;

	ck_assert_ptr_nonnull(way);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		way->x[n] = hvc_bv__num(terms, 64, 0x1000 + 0x100 * n);
	hvc_lift__word(&scene, way, word, &lift);
	hvc_way__free(way);
	ck_assert_int_ne(lift.next, HVC_NEXT_FAILED);
	return lift.next != HVC_NEXT_UNLIFTED && lift.next != HVC_NEXT_FAULT;
}

static void try_word(struct hvc_bvs *terms, uint32_t word)
{
	const char *row = hvc_lift__class(word), *names;
	char text[96];

	if (!*row || !is_lifted(terms, word))
		return;
	names = names_of(row);
	hvc_disasm(0x1000, word, text, sizeof text);
	if (!strncmp(text, ".word", 5)) {
		ck_assert_msg(is_unknown(word), "%s: 0x%08" PRIx32 " is no instruction", row, word);
		return;
	}
	text[strcspn(text, " ")] = '\0';
	ck_assert_msg(is_among(text, names), "%s: 0x%08" PRIx32 " is %s", row, word, text);
}

static void try_many(uint32_t (*make)(const void *), const void *from)
{
	const char *wanted = getenv("HVC_LIFT");
	unsigned long count = wanted ? strtoul(wanted, NULL, 0) : TRIES;
	struct hvc_bvs *terms;

	ck_assert_int_eq(hvc_bv__open(0, &terms), HVC_OK);
	for (unsigned long i = 0; i < count; i++) {
		try_word(terms, make(from));
		if (hvc_bv__nodes(terms) < 100000)
			continue;
		hvc_bv__close(terms);
		ck_assert_int_eq(hvc_bv__open(0, &terms), HVC_OK);
	}
	hvc_bv__close(terms);
}

static uint32_t of_class(const void *class)
{
	return make_word(class);
}

static uint32_t of_row(const void *from)
{
	const struct hvc_lift_row *row = from;

	return row->value | ((uint32_t)hvc_random(&random_state) & ~row->mask);
}

static uint32_t of_all(const void *none)
{
	(void)none;
	return (uint32_t)hvc_random(&random_state);
}

TEST(what_is_tried_is_what_it_is_called)
{
	for (size_t i = 0; i < CLASSES; i++)
		try_many(&of_class, &classes[i]);
}

TEST(rows_hold_what_they_are_called)
{
	static const struct hvc_lift_row *const tables[] = {
	        hvc_lift__immediate, hvc_lift__register, hvc_lift__branch, hvc_lift__system,
	        hvc_lift__memory,    hvc_lift__atomic,   hvc_lift__pauth,  hvc_lift__simd,
	        hvc_lift__vector,    hvc_lift__shuffle};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct hvc_lift_row *row = tables[i]; row->lift; row++)
			try_many(&of_row, row);
}

TEST(any_word)
{
	for (unsigned i = 0; i < 20; i++)
		try_many(&of_all, NULL);
}

/* "Name" of an MRS or MSR, or "" where Capstone has only its numbers. */
static void name_of(uint32_t word, char *text, size_t size)
{
	const bool read = word >> 21 & 1;
	char line[96], *name;

	hvc_disasm(0x1000, word, line, sizeof line);
	*text = '\0';
	name = strchr(line, ' ');
	if (!name || strncmp(line, read ? "mrs " : "msr ", 4) != 0)
		return;
	name += read ? strcspn(name, ",") + 1 : 0;
	name += strspn(name, " ");
	name[strcspn(name, ",")] = '\0';
	if (strncasecmp(name, "s2_", 3) && strncasecmp(name, "s3_", 3))
		snprintf(text, size, "%s", name);
}

/* Every name that hvcheck has for a system register is Capstone's, of that encoding. */
TEST(system_registers_are_called_what_they_are)
{
	/* From the Arm ARM (D23): Capstone 4 has none for them. */
	static const struct {
		hvc_other other;
		const char *name;
	} newer[] = {
	        {HVC_OTHER_SYS(3, 0, 0, 4, 4), "id_aa64zfr0_el1"},
	        {HVC_OTHER_SYS(3, 0, 0, 4, 5), "id_aa64smfr0_el1"},
	        {HVC_OTHER_SYS(3, 0, 0, 6, 2), "id_aa64isar2_el1"},
	        {HVC_OTHER_SYS(3, 0, 1, 2, 0), "zcr_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 1, 0), "apiakeylo_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 1, 1), "apiakeyhi_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 1, 2), "apibkeylo_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 1, 3), "apibkeyhi_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 2, 0), "apdakeylo_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 2, 1), "apdakeyhi_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 2, 2), "apdbkeylo_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 2, 3), "apdbkeyhi_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 3, 0), "apgakeylo_el1"},
	        {HVC_OTHER_SYS(3, 0, 2, 3, 1), "apgakeyhi_el1"},
	        {HVC_OTHER_SYS(3, 0, 5, 3, 1), "errselr_el1"},
	        {HVC_OTHER_SYS(3, 0, 5, 4, 2), "erxstatus_el1"},
	        {HVC_OTHER_SYS(3, 0, 13, 0, 7), "scxtnum_el1"},
	        {HVC_OTHER_SYS(3, 3, 2, 4, 0), "rndr"},
	        {HVC_OTHER_SYS(3, 3, 13, 0, 7), "scxtnum_el0"},
	        {HVC_OTHER_SYS(3, 4, 1, 1, 4), "hfgrtr_el2"},
	        {HVC_OTHER_SYS(3, 4, 1, 1, 5), "hfgwtr_el2"},
	        {HVC_OTHER_SYS(3, 4, 1, 1, 6), "hfgitr_el2"},
	        {HVC_OTHER_SYS(3, 4, 1, 2, 0), "zcr_el2"},
	        {HVC_OTHER_SYS(3, 4, 1, 2, 2), "hcrx_el2"},
	        {HVC_OTHER_SYS(3, 4, 13, 0, 7), "scxtnum_el2"},
	};

	for (uint32_t n = HVC_OTHER_SYS(2, 0, 0, 0, 0); n <= UINT16_MAX; n++) {
		const hvc_other other = (hvc_other)n;
		const uint32_t word = UINT32_C(0xd5300001) | (n & 0x7fff) << 5;
		const enum hvc_reg reg = hvc_reg__find_sys(
		        other >> 14, other >> 11 & 7, other >> 7 & 15, other >> 3 & 15, other & 7);
		char text[32], theirs[32];
		const char *name = reg != HVC_REG_NONE ? hvc_reg_name(reg)
		                                       : hvc_other__name(other, text, sizeof text);

		if (reg == HVC_REG_NONE)
			ck_assert_uint_eq(hvc_other__find(name), other);
		if (!strncmp(name, "s2_", 3) || !strncmp(name, "s3_", 3))
			continue;
		name_of(word, theirs, sizeof theirs);
		if (!*theirs)
			name_of(word & ~(UINT32_C(1) << 21), theirs, sizeof theirs);
		for (size_t i = 0; i < sizeof newer / sizeof *newer && !*theirs; i++)
			if (newer[i].other == other)
				snprintf(theirs, sizeof theirs, "%s", newer[i].name);
		ck_assert_msg(!strcasecmp(name, theirs), "0x%04x is %s, not %s", other, theirs,
		              name);
	}
}

SUITE_MAIN("lift_names")
