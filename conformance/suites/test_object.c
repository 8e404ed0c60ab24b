/* SPDX-License-Identifier: MIT */
/* Relocatable objects: each relocation, where sections go, and what cannot be linked. */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subject/image.h"
#include "subject/little.h"
#include "subject/relocation.h"
#include "subject/subject.h"
#include "suite.h"
#include "under_test.h"

/* What GNU ld 2.40 writes for the same relocations, at the same addresses; from PREL16 on by the
 * formulas of AAELF64, 5.7.5 to 5.7.9. */
TEST(relocations_are_those_of_ld)
{
	static const struct {
		uint32_t type;
		uint64_t place, symbol, addend;
		uint32_t before, after;
	} rows[] = {
	        {R_AARCH64_CALL26, 0x40001828, 0x4000188c, 0, 0x94000000, 0x94000019},
	        {R_AARCH64_JUMP26, 0x40000400, 0x40001828, 0, 0x14000000, 0x1400050a},
	        {R_AARCH64_JUMP26, 0x40001000, 0x40000000, 4, 0x14000000, 0x17fffc01},
	        {R_AARCH64_CONDBR19, 0x4000182c, 0x4000188c, 0, 0xb4000000, 0xb4000300},
	        {R_AARCH64_CONDBR19, 0x40001884, 0x40001890, 0, 0x54000001, 0x54000061},
	        {R_AARCH64_TSTBR14, 0x40001830, 0x4000188c, 0, 0x36180000, 0x361802e0},
	        {R_AARCH64_ADR_PREL_PG_HI21, 0x40001834, 0x40000810, 0, 0x90000001, 0xf0ffffe1},
	        {R_AARCH64_ADD_ABS_LO12_NC, 0x40001838, 0x40000810, 0, 0x91000021, 0x91204021},
	        {R_AARCH64_LDST64_ABS_LO12_NC, 0x4000183c, 0x40000810, 0, 0xf9400022, 0xf9440822},
	        {R_AARCH64_LDST32_ABS_LO12_NC, 0x40001840, 0x40000820, 0, 0xb9400023, 0xb9482023},
	        {R_AARCH64_LDST16_ABS_LO12_NC, 0x40001844, 0x40000824, 0, 0x79400023, 0x79504823},
	        {R_AARCH64_LDST8_ABS_LO12_NC, 0x40001848, 0x40000826, 0, 0x39400023, 0x39609823},
	        {R_AARCH64_LDST128_ABS_LO12_NC, 0x4000184c, 0x40000800, 0, 0x3dc00020, 0x3dc20020},
	        {R_AARCH64_ADR_PREL_LO21, 0x40001850, 0x40000810, 0, 0x10000004, 0x10ff7e04},
	        {R_AARCH64_LD_PREL_LO19, 0x40001854, 0x40000810, 0, 0x58000005, 0x58ff7de5},
	        {R_AARCH64_MOVW_UABS_G3, 0, 0x40000810, 0, 0xd2e00006, 0xd2e00006},
	        {R_AARCH64_MOVW_UABS_G2_NC, 0, 0x40000810, 0, 0xf2c00006, 0xf2c00006},
	        {R_AARCH64_MOVW_UABS_G1_NC, 0, 0x40000810, 0, 0xf2a00006, 0xf2a80006},
	        {R_AARCH64_MOVW_UABS_G0_NC, 0, 0x40000810, 0, 0xf2800006, 0xf2810206},
	        {R_AARCH64_MOVW_UABS_G1, 0, 0x40000810, 0, 0xd2a00007, 0xd2a80007},
	        {R_AARCH64_MOVW_SABS_G0, 0, (uint64_t)-3, 0, 0xd2800008, 0x92800048},
	        {R_AARCH64_MOVW_SABS_G1, 0, (uint64_t)-3, 0, 0xd2a00008, 0x92a00008},
	        {R_AARCH64_MOVW_PREL_G1, 0x40001874, 0x40000000, 0, 0xd2a00009, 0x92a00009},
	        {R_AARCH64_MOVW_PREL_G0_NC, 0x40001878, 0x40000000, 0, 0xf2800009, 0xf29cf109},
	        {R_AARCH64_ABS32, 0, 0x40000810, 4, 0, 0x40000814},
	        {R_AARCH64_PREL32, 0x40000820, 0x4000188c, 0, 0xffffffff, 0x106c},
	        {R_AARCH64_ABS16, 0, (uint64_t)-3, 0, 0xabcd0000, 0xabcdfffd},
	        {R_AARCH64_PREL16, 0x40000820, 0x4000188c, 0, 0xffffffff, 0xffff106c},
	        {R_AARCH64_PLT32, 0x40000820, 0x4000188c, 0, 0xffffffff, 0x106c},
	        {R_AARCH64_MOVW_UABS_G0, 0, 0xfedc, 0, 0xd2800006, 0xd29fdb86},
	        {R_AARCH64_MOVW_UABS_G0_NC, 0, 0x123456789abcdef0, 0, 0xf2800006, 0xf29bde06},
	        {R_AARCH64_MOVW_UABS_G1, 0, 0xfedc0000, 0, 0xd2a00006, 0xd2bfdb86},
	        {R_AARCH64_MOVW_UABS_G1_NC, 0, 0x123456789abcdef0, 0, 0xf2a00006, 0xf2b35786},
	        {R_AARCH64_MOVW_UABS_G2, 0, 0xfedc00000000, 0, 0xd2c00006, 0xd2dfdb86},
	        {R_AARCH64_MOVW_UABS_G2_NC, 0, 0x123456789abcdef0, 0, 0xf2c00006, 0xf2cacf06},
	        {R_AARCH64_MOVW_UABS_G3, 0, 0x123456789abcdef0, 0, 0xd2e00006, 0xd2e24686},
	        {R_AARCH64_MOVW_SABS_G0, 0, 0xfedc, 0, 0x92800008, 0xd29fdb88},
	        {R_AARCH64_MOVW_SABS_G1, 0, 0xfedc0000, 0, 0x92a00008, 0xd2bfdb88},
	        {R_AARCH64_MOVW_SABS_G2, 0, 0xfedc00000000, 0, 0x92c00008, 0xd2dfdb88},
	        {R_AARCH64_MOVW_SABS_G2, 0, ~UINT64_C(0xfedc00000000), 0, 0xd2c00008, 0x92dfdb88},
	        {R_AARCH64_MOVW_PREL_G0, 0x1000, 0xffd, 0, 0xd2800009, 0x92800049},
	        {R_AARCH64_MOVW_PREL_G1_NC, 0x1000, 0x123456789abcef0, 0, 0xf2a00009, 0xf2b13569},
	        {R_AARCH64_MOVW_PREL_G2, 0x1000, 0x123400001000, 0, 0xd2c00009, 0xd2c24689},
	        {R_AARCH64_MOVW_PREL_G2_NC, 0, 0x5555123400000000, 0, 0xf2c00009, 0xf2c24689},
	        {R_AARCH64_MOVW_PREL_G3, 0, 0x1234000000000000, 0, 0xd2e00009, 0xd2e24689},
	        {R_AARCH64_MOVW_PREL_G3, 0x1000, 0xffd, 0, 0xd2e00009, 0x92e00009},
	        {R_AARCH64_ADR_PREL_PG_HI21_NC, 0x7ff, 0x123456789abc, 0, 0x90000001, 0xb02b3c41},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hvc_relocation relocation = {
		        .type = rows[i].type,
		        .place = rows[i].place,
		        .symbol = rows[i].symbol,
		        .addend = rows[i].addend,
		};
		uint8_t bytes[4];

		hvc_little__put32(bytes, rows[i].before);
		ck_assert_int_eq(hvc_relocation__apply(&relocation, bytes), HVC_RELOCATED);
		ck_assert_msg(hvc_little__32(bytes) == rows[i].after, "type %u: 0x%x, not 0x%x",
		              rows[i].type, hvc_little__32(bytes), rows[i].after);
	}
}

TEST(wide_weak_and_indirect_relocations)
{
	struct hvc_relocation relocation = {
	        .type = R_AARCH64_ABS64, .place = 0x40000818, .symbol = 0x4000188c, .addend = 4};
	uint8_t bytes[8] = {0};

	ck_assert_uint_eq(hvc_relocation__size(R_AARCH64_ABS64), 8);
	ck_assert_int_eq(hvc_relocation__apply(&relocation, bytes), HVC_RELOCATED);
	ck_assert_uint_eq(hvc_little__64(bytes), 0x40001890);
	relocation.type = R_AARCH64_PREL64;
	ck_assert_int_eq(hvc_relocation__apply(&relocation, bytes), HVC_RELOCATED);
	ck_assert_uint_eq(hvc_little__64(bytes), 0x1078);
	/* Through a slot of the global offset table. */
	relocation = (struct hvc_relocation){
	        .type = R_AARCH64_LD64_GOT_LO12_NC, .place = 0x40001880, .slot = 0x400028a0};
	ck_assert(hvc_relocation__wants_slot(relocation.type));
	hvc_little__put32(bytes, 0xf940014a);
	ck_assert_int_eq(hvc_relocation__apply(&relocation, bytes), HVC_RELOCATED);
	ck_assert_uint_eq(hvc_little__32(bytes), 0xf944514a);
	relocation.type = R_AARCH64_ADR_GOT_PAGE;
	hvc_little__put32(bytes, 0x9000000a);
	ck_assert_int_eq(hvc_relocation__apply(&relocation, bytes), HVC_RELOCATED);
	ck_assert_uint_eq(hvc_little__32(bytes), 0xb000000a);
	/* A call of what is weak and absent is none. */
	relocation = (struct hvc_relocation){
	        .type = R_AARCH64_CALL26, .place = 0x40001828, .weak = true};
	hvc_little__put32(bytes, 0x94000000);
	ck_assert_int_eq(hvc_relocation__apply(&relocation, bytes), HVC_RELOCATED);
	ck_assert_uint_eq(hvc_little__32(bytes), 0x94000001);
}

/* AAELF64, 5.7.11: G(GDAT) is a slot of the table, GOT the table. */
TEST(relocations_by_the_table_of_offsets)
{
	static const struct {
		uint32_t type, before, after;
		uint64_t table;
		bool slot;
	} rows[] = {
	        {R_AARCH64_MOVW_GOTOFF_G0, 0x92800006, 0xd2846906, 0x40010000, true},
	        {R_AARCH64_MOVW_GOTOFF_G0_NC, 0xf2800006, 0xf2846906, 0x40000000, true},
	        {R_AARCH64_MOVW_GOTOFF_G1, 0x92a00006, 0xd2a00026, 0x40000000, true},
	        {R_AARCH64_MOVW_GOTOFF_G1_NC, 0xf2a00006, 0xf2a00026, 0x40000000, true},
	        {R_AARCH64_GOT_LD_PREL19, 0x58000005, 0x58089a45, 0, true},
	        {R_AARCH64_LD64_GOTOFF_LO15, 0xf9400022, 0xf951a422, 0x40010000, true},
	        {R_AARCH64_LD64_GOTPAGE_LO15, 0xf9400022, 0xf951a422, 0x40010ff0, true},
	        {R_AARCH64_LD64_GOT_LO12_NC, 0xf9400022, 0xf941a422, 0, true},
	        {R_AARCH64_ADR_GOT_PAGE, 0x90000001, 0xb0000081, 0, true},
	        {R_AARCH64_GOTPCREL32, 0xffffffff, 0x11348, 0, true},
	        {R_AARCH64_GOTREL32, 0xffffffff, 0xffff0825, 0x40010000, false},
	        {R_AARCH64_GOTREL64, 0xffffffff, 0xffff0825, 0x40010000, false},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hvc_relocation relocation = {
		        .type = rows[i].type,
		        .place = 0x40001000,
		        .symbol = 0x40000821,
		        .addend = 4,
		        .slot = 0x40012348,
		        .table = rows[i].table,
		};
		uint8_t bytes[8] = {0};

		hvc_little__put32(bytes, rows[i].before);
		ck_assert_int_eq(hvc_relocation__wants_slot(rows[i].type), rows[i].slot);
		ck_assert_int_eq(hvc_relocation__apply(&relocation, bytes), HVC_RELOCATED);
		ck_assert_msg(hvc_little__32(bytes) == rows[i].after, "type %u: 0x%x, not 0x%x",
		              rows[i].type, hvc_little__32(bytes), rows[i].after);
		ck_assert_uint_eq(hvc_little__32(bytes + 4),
		                  rows[i].type == R_AARCH64_GOTREL64 ? UINT32_MAX : 0);
	}
	ck_assert(!hvc_relocation__wants_slot(R_AARCH64_ABS64));
	ck_assert(!hvc_relocation__wants_slot(R_AARCH64_ADR_PREL_PG_HI21));
	ck_assert(!hvc_relocation__wants_slot(R_AARCH64_COPY));
}

/* The ends of what AAELF64 lets each of them hold, and one step further. */
TEST(values_fit_up_to_their_ends)
{
	static const struct {
		uint32_t type;
		int64_t least, most, step;
	} rows[] = {
	        {R_AARCH64_ABS32, -0x80000000ll, 0xffffffff, 1},
	        {R_AARCH64_ABS16, -0x8000, 0xffff, 1},
	        {R_AARCH64_PREL32, -0x80000000ll, 0xffffffff, 1},
	        {R_AARCH64_PREL16, -0x8000, 0xffff, 1},
	        {R_AARCH64_PLT32, -0x80000000ll, 0x7fffffff, 1},
	        {R_AARCH64_MOVW_UABS_G0, 0, 0xffff, 1},
	        {R_AARCH64_MOVW_UABS_G1, 0, 0xffffffff, 1},
	        {R_AARCH64_MOVW_UABS_G2, 0, 0xffffffffffff, 1},
	        {R_AARCH64_MOVW_SABS_G0, -0x10000, 0xffff, 1},
	        {R_AARCH64_MOVW_SABS_G1, -0x100000000, 0xffffffff, 1},
	        {R_AARCH64_MOVW_SABS_G2, -0x1000000000000, 0xffffffffffff, 1},
	        {R_AARCH64_MOVW_PREL_G0, -0x10000, 0xffff, 1},
	        {R_AARCH64_MOVW_PREL_G1, -0x100000000, 0xffffffff, 1},
	        {R_AARCH64_MOVW_PREL_G2, -0x1000000000000, 0xffffffffffff, 1},
	        {R_AARCH64_LD_PREL_LO19, -0x100000, 0xffffc, 4},
	        {R_AARCH64_ADR_PREL_LO21, -0x100000, 0xfffff, 1},
	        {R_AARCH64_ADR_PREL_PG_HI21, -0x100000000, 0xfffff000, 0x1000},
	        {R_AARCH64_TSTBR14, -0x8000, 0x7ffc, 4},
	        {R_AARCH64_CONDBR19, -0x100000, 0xffffc, 4},
	        {R_AARCH64_JUMP26, -0x8000000, 0x7fffffc, 4},
	        {R_AARCH64_CALL26, -0x8000000, 0x7fffffc, 4},
	        {R_AARCH64_MOVW_GOTOFF_G0, -0x10000, 0xffff, 1},
	        {R_AARCH64_MOVW_GOTOFF_G1, -0x100000000, 0xffffffff, 1},
	        {R_AARCH64_GOTREL32, -0x80000000ll, 0xffffffff, 1},
	        {R_AARCH64_GOT_LD_PREL19, -0x100000, 0xffffc, 4},
	        {R_AARCH64_LD64_GOTOFF_LO15, 0, 0x7ff8, 8},
	        {R_AARCH64_LD64_GOTPAGE_LO15, 0, 0x7ff8, 8},
	        {R_AARCH64_ADR_GOT_PAGE, -0x100000000, 0xfffff000, 0x1000},
	        {R_AARCH64_GOTPCREL32, -0x80000000ll, 0x7fffffff, 1},
	};
	const uint64_t at = UINT64_C(0x2000000000000);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const uint32_t type = rows[i].type;
		const bool slot = hvc_relocation__wants_slot(type);
		const bool absolute =
		        type == R_AARCH64_ABS32 || type == R_AARCH64_ABS16 ||
		        (type >= R_AARCH64_MOVW_UABS_G0 && type <= R_AARCH64_MOVW_SABS_G2);
		/* what has no bits for the lowest ones takes none that are off */
		const bool whole = rows[i].step > 1 && rows[i].step < 0x1000;
		const int64_t value[] = {rows[i].least, rows[i].most, rows[i].least - rows[i].step,
		                         rows[i].most + rows[i].step,
		                         rows[i].most - rows[i].step / 2};

		for (unsigned k = 0; k < (whole ? 5 : 4); k++) {
			const uint64_t to = (absolute ? 0 : at) + (uint64_t)value[k];
			const struct hvc_relocation relocation = {.type = type,
			                                          .place = at,
			                                          .table = at,
			                                          .symbol = to,
			                                          .slot = slot ? to : 0};
			uint8_t bytes[8] = {0};

			ck_assert_msg(hvc_relocation__apply(&relocation, bytes) ==
			                      (k < 2 ? HVC_RELOCATED : HVC_RELOCATED_FAR),
			              "type %u, 0x%" PRIx64, type, (uint64_t)value[k]);
		}
	}
}

TEST(values_that_do_not_fit)
{
	static const struct {
		uint32_t type;
		uint64_t place, symbol;
		enum hvc_relocated result;
	} rows[] = {
	        {R_AARCH64_CALL26, 0x40000000, 0x47fffffc, HVC_RELOCATED},
	        {R_AARCH64_CALL26, 0x40000000, 0x48000000, HVC_RELOCATED_FAR},
	        {R_AARCH64_CALL26, 0x48000000, 0x40000000, HVC_RELOCATED},
	        {R_AARCH64_CALL26, 0x48000004, 0x40000000, HVC_RELOCATED_FAR},
	        {R_AARCH64_CALL26, 0x40000000, 0x40000002, HVC_RELOCATED_FAR},
	        {R_AARCH64_TSTBR14, 0x40000000, 0x40007ffc, HVC_RELOCATED},
	        {R_AARCH64_TSTBR14, 0x40000000, 0x40008000, HVC_RELOCATED_FAR},
	        {R_AARCH64_LDST64_ABS_LO12_NC, 0, 0x40000804, HVC_RELOCATED_FAR},
	        {R_AARCH64_ABS32, 0, 0xffffffff, HVC_RELOCATED},
	        {R_AARCH64_ABS32, 0, 0x100000000, HVC_RELOCATED_FAR},
	        {R_AARCH64_MOVW_UABS_G0, 0, 0x10000, HVC_RELOCATED_FAR},
	        {R_AARCH64_TLSLE_ADD_TPREL_HI12, 0, 0, HVC_RELOCATED_UNKNOWN},
	        {R_AARCH64_COPY, 0, 0, HVC_RELOCATED_UNKNOWN},
	        {~0u, 0, 0, HVC_RELOCATED_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hvc_relocation relocation = {
		        .type = rows[i].type, .place = rows[i].place, .symbol = rows[i].symbol};
		uint8_t bytes[8] = {0};

		ck_assert_msg(hvc_relocation__apply(&relocation, bytes) == rows[i].result,
		              "type %u to 0x%" PRIx64, rows[i].type, rows[i].symbol);
		ck_assert(rows[i].result == HVC_RELOCATED || !hvc_little__64(bytes));
		ck_assert(!hvc_relocation__size(rows[i].type) ==
		          (rows[i].result == HVC_RELOCATED_UNKNOWN));
	}
}

/* One call of both, each in a machine of its own: they end alike. */
static void compare_call(const struct hvc_subject *left, const struct hvc_subject *right,
                         uint64_t x0)
{
	struct hvc_machine *machine[2] = {open_machine(left, NULL), open_machine(right, NULL)};
	struct hvc_outcome outcome[2];
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.x[0] = x0;
	for (unsigned i = 0; i < 2; i++) {
		outcome[i] = make_call(machine[i], &call);
		hvc_machine_close(machine[i]);
	}
	ck_assert_int_eq(outcome[0].kind, outcome[1].kind);
	ck_assert_uint_eq(outcome[0].instructions, outcome[1].instructions);
	/* Equal, or the address of the table, which is elsewhere. */
	for (unsigned n = 0; n < 8; n++) {
		uint64_t apart =
		        hvc_subject_image(left)->vectors - hvc_subject_image(right)->vectors;
		uint64_t difference = outcome[0].state.v[n] - outcome[1].state.v[n];

		ck_assert(!difference || difference == apart);
	}
}

/* The objects that the built-in variants were linked from do the same, linked here. */
TEST(objects_of_the_variants)
{
	static const char *const names[] = {"linux-stub-6.0", "linux-stub-4.7", "linux-stub-imm"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_subject *whole = open_subject(names[i]), *object;
		char path[512];
		uint64_t address, offset;
		const char *name;

		snprintf(path, sizeof path, "%s/vectors/%s.o", HVC_BINARY_DIR, names[i]);
		object = open_subject(path);
		ck_assert_int_eq(hvc_subject__format(object), HVC_FORMAT_ELF);
		ck_assert_ptr_null(hvc_subject__undefined(object, 0));
		ck_assert_uint_eq(hvc_subject_image(object)->segments, 1);
		ck_assert_int_eq(hvc_subject_find(object, "slot_lower64_sync", &address), HVC_OK);
		ck_assert_uint_eq(address, hvc_subject_image(object)->vectors + 0x400);
		ck_assert(hvc_subject_symbol(object, address + 4, &name, &offset));
		ck_assert_uint_eq(offset, 4);
		for (uint64_t x0 = 0; x0 < 8; x0++)
			compare_call(whole, object, x0);
		hvc_subject_close(object);
		hvc_subject_close(whole);
	}
}

/* An object made by hand: a table, one relocation in it, and a symbol table. */
#define TEXT_AT   0x800u
#define TEXT_SIZE 0x840u
#define RELA_AT   0x1040u
#define SYMTAB_AT 0x1080u
#define STRTAB_AT 0x1100u
#define SHDR_AT   0x1140u
#define SIZE      (SHDR_AT + 5 * sizeof(Elf64_Shdr))

static const char strings[] = "\0hvc_vectors\0printk\0absent";

static void make_object(uint8_t bytes[])
{
	const Elf64_Ehdr ehdr = {
	        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
	                    EV_CURRENT},
	        .e_type = ET_REL,
	        .e_machine = EM_AARCH64,
	        .e_version = EV_CURRENT,
	        .e_shoff = SHDR_AT,
	        .e_ehsize = sizeof(Elf64_Ehdr),
	        .e_shentsize = sizeof(Elf64_Shdr),
	        .e_shnum = 5,
	};
	const Elf64_Rela rela = {0x400, ELF64_R_INFO(2, R_AARCH64_CALL26), 0};
	const Elf64_Sym symbols[4] = {
	        [1] = {.st_name = 1, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1},
	        [2] = {.st_name = 13, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE)},
	        [3] = {.st_name = 20, .st_info = ELF64_ST_INFO(STB_WEAK, STT_NOTYPE)},
	};
	const Elf64_Shdr sections[5] = {
	        [1] = {.sh_type = SHT_PROGBITS,
	               .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
	               .sh_offset = TEXT_AT,
	               .sh_size = TEXT_SIZE,
	               .sh_addralign = 0x800},
	        [2] = {.sh_type = SHT_RELA,
	               .sh_offset = RELA_AT,
	               .sh_size = sizeof rela,
	               .sh_link = 3,
	               .sh_info = 1,
	               .sh_entsize = sizeof rela},
	        [3] = {.sh_type = SHT_SYMTAB,
	               .sh_offset = SYMTAB_AT,
	               .sh_size = sizeof symbols,
	               .sh_link = 4,
	               .sh_entsize = sizeof(Elf64_Sym)},
	        [4] = {.sh_type = SHT_STRTAB, .sh_offset = STRTAB_AT, .sh_size = sizeof strings},
	};

	memset(bytes, 0, SIZE);
	memcpy(bytes, &ehdr, sizeof ehdr);
	for (unsigned i = 0; i < 16; i++)
		hvc_little__put32(bytes + TEXT_AT + i * 0x80, 0x14000000);
	hvc_little__put32(bytes + TEXT_AT + 0x400, 0x94000000);
	memcpy(bytes + RELA_AT, &rela, sizeof rela);
	memcpy(bytes + SYMTAB_AT, symbols, sizeof symbols);
	memcpy(bytes + STRTAB_AT, strings, sizeof strings);
	memcpy(bytes + SHDR_AT, sections, sizeof sections);
}

static struct hvc_subject *open_object(const uint8_t *bytes)
{
	suite_put(HVC_BINARY_DIR "/test_object.o", bytes, SIZE);
	return open_subject(HVC_BINARY_DIR "/test_object.o");
}

/* The addend of REL is what its place holds: apply takes it in again. */
TEST(addends_at_their_places)
{
	static const struct {
		uint32_t type, word;
		int64_t addend;
	} rows[] = {
	        {R_AARCH64_ABS32, 0xfffffffd, -3},
	        {R_AARCH64_ABS16, 0x8000, -0x8000},
	        {R_AARCH64_CALL26, 0x94000001, 4},
	        {R_AARCH64_CALL26, 0x97ffffff, -4},
	        {R_AARCH64_CONDBR19, 0x54ffffe1, -4},
	        {R_AARCH64_TSTBR14, 0x36180040, 8},
	        {R_AARCH64_MOVW_UABS_G3, 0xd2e00026, 1},
	        {R_AARCH64_MOVW_UABS_G1_NC, 0xf2bfffe6, -1},
	        {R_AARCH64_ADR_PREL_LO21, 0xb0000004, 1},
	        {R_AARCH64_ADR_PREL_PG_HI21, 0xb0000004, 1},
	        {R_AARCH64_ADD_ABS_LO12_NC, 0x91000421, 1},
	        {R_AARCH64_LDST64_ABS_LO12_NC, 0xf9400422, 8},
	        {R_AARCH64_TLSDESC_CALL, 0xffffffff, 0},
	};
	const struct hvc_relocation last = {
	        .type = R_AARCH64_LD64_GOTPAGE_LO15, .slot = 0x40007ff8, .table = 0x40000ff0};
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		hvc_little__put32(bytes, rows[i].word);
		ck_assert_int_eq((int64_t)hvc_relocation__addend(rows[i].type, bytes),
		                 rows[i].addend);
	}
	hvc_little__put64(bytes, (uint64_t)-5);
	ck_assert_int_eq((int64_t)hvc_relocation__addend(R_AARCH64_ABS64, bytes), -5);
	/* Fifteen bits from the page of the table, scaled by eight. */
	hvc_little__put32(bytes, 0xf9400022);
	ck_assert_int_eq(hvc_relocation__apply(&last, bytes), HVC_RELOCATED);
	ck_assert_uint_eq(hvc_little__32(bytes), 0xf97ffc22);
}

TEST(relocations_without_addends)
{
	uint8_t bytes[SIZE];
	struct hvc_subject *subject;
	struct hvc_outcome outcome;
	struct hvc_machine *machine;
	struct hvc_call call;
	uint64_t address;

	make_object(bytes);
	hvc_little__put32(bytes + SHDR_AT + 2 * sizeof(Elf64_Shdr) + 4, SHT_REL);
	hvc_little__put64(bytes + SHDR_AT + 2 * sizeof(Elf64_Shdr) + 32, sizeof(Elf64_Rel));
	hvc_little__put64(bytes + SHDR_AT + 2 * sizeof(Elf64_Shdr) + 56, sizeof(Elf64_Rel));
	hvc_little__put32(bytes + TEXT_AT + 0x400, 0x94000002);
	subject = open_object(bytes);
	ck_assert_int_eq(hvc_subject_find(subject, "printk", &address), HVC_OK);
	machine = open_machine(subject, NULL);
	hvc_call_init(&call, 0);
	outcome = make_call(machine, &call);
	ck_assert_uint_eq(outcome.pc, address + 8);
	hvc_machine_close(machine);
	hvc_subject_close(subject);
}

TEST(undefined_symbols_are_traps)
{
	uint8_t bytes[SIZE];
	struct hvc_subject *subject;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;
	const char *name;
	uint64_t address, offset;

	make_object(bytes);
	subject = open_object(bytes);
	/* The weak one is zero instead. */
	ck_assert_str_eq(hvc_subject__undefined(subject, 0), "printk");
	ck_assert_ptr_null(hvc_subject__undefined(subject, 1));
	ck_assert_int_eq(hvc_subject_find(subject, "printk", &address), HVC_OK);
	ck_assert_int_eq(hvc_subject_find(subject, "absent", &offset), HVC_E_NOTFOUND);
	ck_assert(hvc_subject_symbol(subject, address, &name, &offset));
	ck_assert_str_eq(name, "printk");
	ck_assert(!hvc_subject_symbol(subject, address - 1, &name, &offset));
	machine = open_machine(subject, NULL);
	hvc_call_init(&call, 0);
	outcome = make_call(machine, &call);
	ck_assert_int_eq(outcome.kind, HVC_OUTCOME_FAULT);
	ck_assert_uint_eq(outcome.pc, address);
	hvc_machine_close(machine);
	hvc_subject_close(subject);
}

TEST(spoilt_objects_are_refused)
{
	static const struct {
		unsigned offset, size;
		uint64_t value;
		enum hvc_status status;
		const char *message;
	} rows[] = {
	        /* clang-format off */
		{0x28, 8, 0, HVC_E_FORMAT, "is an object without sections (offset 0x28)"},
		{0x28, 8, SIZE - 8, HVC_E_FORMAT,
		 "truncated: 5 section headers at offset 0x1278 do not fit in 0x1280 bytes"},
		{SHDR_AT + 0x40 + 0x20, 8, 0x10000, HVC_E_FORMAT,
		 "truncated: section 1 wants 0x10000 bytes at offset 0x800 of 0x1280"},
		{SHDR_AT + 0x40 + 0x30, 8, 3, HVC_E_FORMAT, "section 1 is aligned to 0x3"},
		{SHDR_AT + 0x40 + 0x08, 8, 0, HVC_E_FORMAT, "is an object without code or data"},
		{SHDR_AT + 0xc0 + 0x28, 4, 9, HVC_E_FORMAT,
		 "symbol table at offset 0x1080 has no string table"},
		{SYMTAB_AT + 0x18 + 6, 2, 7, HVC_E_FORMAT, "symbol 1 is in section 7 of 5"},
		{RELA_AT, 8, TEXT_SIZE - 3, HVC_E_FORMAT,
		 "relocation at offset 0x1040: place 0x83d is outside section 1"},
		{RELA_AT + 8, 4, R_AARCH64_TLSDESC_CALL, HVC_E_UNSUPPORTED,
		 "relocation at offset 0x1040: type 569 is not supported"},
		{RELA_AT + 12, 4, 9, HVC_E_FORMAT, "relocation at offset 0x1040: no symbol 9"},
		{RELA_AT + 16, 8, 2, HVC_E_FORMAT,
		 "relocation at offset 0x1040: type 283 cannot reach 0x40020002 from 0x40000400"},
		{SHDR_AT + 0x80 + 4, 4, SHT_REL, HVC_E_FORMAT,
		 "section 2 holds relocations of an unknown form"},
	        /* clang-format on */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_loaded loaded;
		struct hvc_diag diag = {0};
		uint8_t bytes[SIZE];

		make_object(bytes);
		for (unsigned n = 0; n < rows[i].size; n++)
			bytes[rows[i].offset + n] = (uint8_t)(rows[i].value >> 8 * n);
		ck_assert_int_eq(hvc_image__load_memory("o", bytes, SIZE, &diag, &loaded),
		                 rows[i].status);
		ck_assert_str_eq(diag.message, rows[i].message);
	}
}

TEST(truncated_objects_are_refused)
{
	uint8_t bytes[SIZE];

	make_object(bytes);
	for (size_t size = 4; size < SIZE; size++) {
		struct hvc_loaded loaded;
		struct hvc_diag diag = {0};
		/* Exactly as large, so that a sanitizer sees any byte read behind it. */
		uint8_t *cut = malloc(size);

		ck_assert_ptr_nonnull(cut);
		memcpy(cut, bytes, size);
		ck_assert_int_eq(hvc_image__load_memory("o", cut, size, &diag, &loaded),
		                 HVC_E_FORMAT);
		free(cut);
	}
}

SUITE_MAIN("object")
