/* SPDX-License-Identifier: MIT */
/* HVC and SMC instructions found in files, and told from data. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "subject/site.h"
#include "suite.h"
#include "tiny_elf.h"

#define FOLDER HVC_BINARY_DIR "/test_site.files"
#define SIZE   0x4000u
#define HVC(i) (UINT32_C(0xd4000002) | (uint32_t)(i) << 5)
#define SMC(i) (UINT32_C(0xd4000003) | (uint32_t)(i) << 5)
#define RET    UINT32_C(0xd65f03c0)
#define MOVZ0  UINT32_C(0xd2800020) /* mov x0, #1 */

static uint8_t bytes[SIZE];

static void put(size_t offset, const uint32_t *code, unsigned words)
{
	for (unsigned i = 0; i < words; i++)
		tiny_put(bytes, offset + 4 * i, 4, code[i]);
}

#define PUT(offset, ...)                                          \
	do {                                                      \
		const uint32_t code_[] = {__VA_ARGS__};           \
		put(offset, code_, sizeof code_ / sizeof *code_); \
	} while (0)

static struct hvc_scan *scan_file(const char *name, const uint8_t *data, size_t size)
{
	struct hvc_scan *scan = NULL;
	struct hvc_diag diag = {0};
	char path[512];

	snprintf(path, sizeof path, "%s/%s", FOLDER, name);
	suite_put(path, data, size);
	ck_assert_msg(hvc_scan__file(path, NULL, &diag, &scan) == HVC_OK, "%s: %s", path,
	              diag.message);
	return scan;
}

static const struct hvc_site *site_at(const struct hvc_scan *scan, uint64_t address)
{
	for (size_t i = 0; i < scan->sites; i++) {
		if (scan->site[i].address == address)
			return &scan->site[i];
	}
	ck_abort_msg("no site at 0x%" PRIx64, address);
}

TEST(functions_and_registers_without_symbols)
{
	const struct hvc_site *site;
	struct hvc_scan *scan;

	memset(bytes, 0, sizeof bytes);
	/* Behind a return and filling; called; signed; with a landing pad. */
	PUT(0x100, MOVZ0, HVC(0), RET);
	PUT(0x200, 0x97ffffc0 /* bl 0x100 */, RET, 0xd503201f, 0xd503201f);
	PUT(0x210, MOVZ0, HVC(0xea1), RET);
	PUT(0x300, RET, 0xd503233f /* paciasp */, MOVZ0, SMC(7), RET);
	PUT(0x400, RET, MOVZ0, 0xd503245f /* bti c */, MOVZ0, HVC(0xffff), RET);
	scan = scan_file("functions.bin", bytes, sizeof bytes);
	ck_assert_uint_eq(scan->sites, 4);
	ck_assert_int_eq(scan->format, HVC_FORMAT_RAW);
	site = site_at(scan, HVC_IMAGE_BASE + 0x104);
	ck_assert_int_eq(site->insn, HVC_INSN_HVC);
	ck_assert(site->has_function);
	ck_assert_uint_eq(site->function, HVC_IMAGE_BASE + 0x100);
	ck_assert_ptr_null(site->data);
	ck_assert_ptr_null(site->symbol);
	ck_assert_uint_eq(site->x[0].constant[0], 1);
	site = site_at(scan, HVC_IMAGE_BASE + 0x214);
	ck_assert_uint_eq(site->imm, 0xea1);
	ck_assert_uint_eq(site->function, HVC_IMAGE_BASE + 0x210);
	site = site_at(scan, HVC_IMAGE_BASE + 0x30c);
	ck_assert_int_eq(site->insn, HVC_INSN_SMC);
	ck_assert_uint_eq(site->imm, 7);
	ck_assert_uint_eq(site->function, HVC_IMAGE_BASE + 0x304);
	site = site_at(scan, HVC_IMAGE_BASE + 0x410);
	ck_assert_uint_eq(site->imm, 0xffff);
	ck_assert_uint_eq(site->function, HVC_IMAGE_BASE + 0x408);
	hvc_scan__free(scan);
}

TEST(only_hvc_and_smc_are_found)
{
	struct hvc_scan *scan;

	memset(bytes, 0, sizeof bytes);
	/* SVC, BRK, HLT, and what is reserved next to HVC; none of it aligned to be one. */
	PUT(0x100, 0xd4000001, 0xd4200000, 0xd4400000, 0xd4000000, 0xd4000006, 0xd4000012,
	    0xd4200002, RET);
	tiny_put(bytes, 0x202, 4, HVC(0));
	scan = scan_file("others.bin", bytes, sizeof bytes);
	ck_assert_uint_eq(scan->sites, 0);
	hvc_scan__free(scan);
}

TEST(data_is_told_with_its_reason)
{
	struct hvc_scan *scan;

	memset(bytes, 0, sizeof bytes);
	/* A literal. */
	PUT(0x100, 0x58000040 /* ldr x0, 0x108 */, RET, HVC(1), 0x11111111, RET);
	/* Filling. */
	for (unsigned i = 0; i < 8; i++)
		PUT(0x200 + 4 * i, HVC(2));
	/* Between words that are no instructions. */
	PUT(0x300, 0x00112233, 0x61626364, HVC(3), 0x01020304, 0x02040608, 0xffffffff);
	/* A real one, for which none of this holds. */
	PUT(0x400, MOVZ0, HVC(4), RET);
	scan = scan_file("data.bin", bytes, sizeof bytes);
	ck_assert_str_eq(site_at(scan, HVC_IMAGE_BASE + 0x108)->data,
	                 "loaded as a literal by code nearby");
	ck_assert_str_eq(site_at(scan, HVC_IMAGE_BASE + 0x200)->data,
	                 "one of a run of equal words");
	ck_assert_str_eq(site_at(scan, HVC_IMAGE_BASE + 0x21c)->data,
	                 "one of a run of equal words");
	ck_assert_str_eq(site_at(scan, HVC_IMAGE_BASE + 0x308)->data,
	                 "its neighbours are no instructions");
	ck_assert_ptr_null(site_at(scan, HVC_IMAGE_BASE + 0x404)->data);
	hvc_scan__free(scan);
}

TEST(elf_sections_and_symbols_count)
{
	uint8_t elf[TINY_SIZE];
	const uint32_t code[] = {MOVZ0, HVC(5), RET};
	const struct hvc_site *site;
	struct hvc_scan *scan;

	tiny_elf(elf);
	tiny_code(elf, 0x900, code, 3);
	for (unsigned i = 0; i < 3; i++)
		tiny_put(elf, TINY_DATA_AT + 4 * i, 4, code[i]);
	scan = scan_file("tiny.elf", elf, sizeof elf);
	ck_assert_uint_eq(scan->sites, 2);
	site = site_at(scan, TINY_TEXT + 0x904);
	ck_assert_str_eq(site->symbol, "second");
	ck_assert_uint_eq(site->function, TINY_TEXT + 0x900);
	ck_assert_ptr_null(site->data);
	ck_assert_str_eq(site_at(scan, TINY_DATA + 4)->data, "not in anything executable");
	hvc_scan__free(scan);
}

TEST(high_addresses_are_those_of_the_file)
{
	uint8_t elf[TINY_SIZE];
	/* adrp x1, .; str x2, [x1]; hvc #0; ldr x3, [x4]; ret */
	const uint32_t code[] = {0x90000001, 0xf9000022, HVC(0), 0xf9400083, RET};
	const uint64_t high = UINT64_C(0xffff800010000000);
	const struct hvc_site *site;
	struct hvc_scan *scan;

	tiny_elf(elf);
	tiny_code(elf, 0x900, code, 5);
	for (unsigned i = 0; i < 2; i++)
		tiny_put(elf, TINY_PHDR_AT + i * sizeof(Elf64_Phdr) + 16, 8, high + i * 0x2000);
	/* The symbols stay where they were, outside the image. */
	scan = scan_file("high.elf", elf, sizeof elf);
	site = site_at(scan, high + 0x908);
	ck_assert_ptr_null(site->symbol);
	ck_assert_int_eq(site->x[1].kind, HVC_VALUE_ADDRESS);
	ck_assert_uint_eq(site->x[1].constant[0], high);
	ck_assert_uint_eq(site->x[1].at, high + 0x900);
	ck_assert_uint_eq(site->x[1].pointer_at, high + 0x904);
	ck_assert_uint_eq(site->after.at[4], high + 0x90c);
	hvc_scan__free(scan);
}

TEST(many_sites_are_bounded)
{
	const unsigned words = 4 * HVC_SITES_MAX;
	uint8_t *many = calloc(words, 4);
	size_t analysed = 0;
	struct hvc_scan *scan;

	ck_assert_ptr_nonnull(many);
	for (unsigned i = 0; i < words; i++)
		tiny_put(many, 4 * i, 4, i % 2 ? RET : HVC(i & 0xffff));
	scan = scan_file("many.bin", many, words * 4);
	ck_assert_uint_eq(scan->sites, HVC_SITES_MAX);
	ck_assert_uint_eq(scan->dropped, words / 2 - HVC_SITES_MAX);
	for (size_t i = 0; i < scan->sites; i++)
		analysed += scan->site[i].analysed;
	ck_assert_uint_le(analysed, HVC_SITES_ANALYSED_MAX);
	ck_assert_uint_gt(analysed, 0);
	hvc_scan__free(scan);
	free(many);
}

TEST(builtins_are_scanned_and_told)
{
	static const struct {
		const char *name, *likely;
	} rows[] = {
	        {"linux-stub-4.12", "Linux hyp stub"},
	        {"linux-stub-6.0", "Linux hyp stub"},
	        {"linux-trans-pgd-5.17", "Linux small stub of hibernate and kexec"},
	        {"linux-hibernate-4.7", "Linux hibernate resume vectors"},
	        {"linux-stub-4.7", "Linux hyp stub before 4.12"},
	        {"linux-kvm-init-5.12", "Linux KVM init vectors"},
	        {"linux-kvm-6.1", "Linux KVM host vectors"},
	        {"kvm-guest", "Linux KVM guest vectors"},
	        {"xen", "Xen"},
	        /* Not everything that compares x0 with small numbers or ids is Linux. */
	        {"jailhouse", NULL},
	        {"hvisor", NULL},
	        {"bao", NULL},
	        {"uvmm", NULL},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_scan *scan = NULL;
		struct hvc_diag diag = {0};
		const char *likely;
		bool same;

		ck_assert_msg(hvc_scan__file(rows[i].name, NULL, &diag, &scan) == HVC_OK, "%s: %s",
		              rows[i].name, diag.message);
		ck_assert_uint_ge(scan->tables, 1);
		likely = scan->table[0].likely.name;
		same = likely && rows[i].likely ? !strcmp(likely, rows[i].likely)
		                                : likely == rows[i].likely;
		ck_assert_msg(same, "%s is told to be '%s' (%s)", rows[i].name,
		              likely ? likely : "-", scan->table[0].likely.evidence);
		hvc_scan__free(scan);
	}
}

TEST(failures_leave_the_output_alone)
{
	struct hvc_scan *scan = (struct hvc_scan *)bytes;
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_scan__file(FOLDER "/none", NULL, &diag, &scan), HVC_E_IO);
	ck_assert_ptr_eq(scan, (struct hvc_scan *)bytes);
	ck_assert_uint_gt(strlen(diag.message), 0);
	hvc_scan__free(NULL);
}

/* A zImage of A32 and T32 functions without a name: by PUSH, behind an end, behind literals. */
static const uint32_t unnamed[] = {
        /* push {r4, lr}; r0 = 0x84000001; hvc; pop */
        0xe92d4010, 0xe3000001, 0xe3480400, 0xe1400070, 0xe8bd8010,
        /* ldr r0, literal; mov r1, #2; smc; bx lr */
        0xe59f0008, 0xe3a01002, 0xe1600070, 0xe12fff1e, 0x84000009,
        /* mov r12, #29; mov r0, #0; hvc #0xea1; bx lr */
        0xe3a0c01d, 0xe3a00000, 0xe140ea71, 0xe12fff1e,
        /* str lr, [sp, #-4]!; mvn r0, #0; mov r2, r1; hvc; ldr pc, [sp], #4 */
        0xe52de004, 0xe3e00000, 0xe1a02001, 0xe1400070, 0xe49df004,
        /* mov r7, r0; hvc #3; bx lr; who calls it with 0x77, and jumps there with 0x78 */
        0xe1a07000, 0xe1400073, 0xe12fff1e, 0xe92d4010, 0xe3a00077, 0xebfffff9, 0xe8bd8010,
        0xe3a00078, 0xeafffff6,
        /* T32: push; ldr r0, literal; hvc; pop. movs r0, #6; movs r1, #0; hvc #0x14; bx lr
         */
        0x4802b510, 0x8000f7e0, 0xbf00bd10, 0x84000008, 0x21002006, 0x8014f7e0, 0xbf004770,
        /* push.w {r4, r8, lr}; movw r0, #0x1234; smc; pop.w */
        0x4110e92d, 0x2034f241, 0x8000f7f0, 0x8110e8bd,
        /* data */
        0x00000000, 0xe1400070, 0x00000000, 0x00000000, 0xffffffff, 0x8000f7e0, 0xffffffff,
        0xffffffff};
static const struct {
	uint64_t offset;
	enum hvc_insn insn;
	uint16_t imm;
	unsigned reg;
	uint64_t value;
} unnamed_sites[] = {
        {0x0c, HVC_INSN_HVC_A32, 0, 0, 0x84000001}, {0x1c, HVC_INSN_SMC_A32, 0, 0, 0x84000009},
        {0x30, HVC_INSN_HVC_A32, 0xea1, 12, 29},    {0x44, HVC_INSN_HVC_A32, 0, 0, UINT32_MAX},
        {0x60, HVC_INSN_HVC_A32, 3, 7, 0x77},       {0x6c, HVC_INSN_HVC_A32, 3, 7, 0x78},
        {0x74, HVC_INSN_HVC_T32, 0, 0, 0x84000008}, {0x84, HVC_INSN_HVC_T32, 0x14, 0, 6},
        {0x94, HVC_INSN_SMC_T32, 0, 0, 0x1234},     {0xbf8, HVC_INSN_HVC_T32, 0, 0, 9},
};

TEST(functions_of_32_bits_without_symbols)
{
	/* bx lr; movs r0, #9; hvc; bx lr, which has two bytes and is the end */
	static const uint16_t last[] = {0x4770, 0x2009, 0xf7e0, 0x8000, 0x4770};
	static uint32_t image[0x400];
	const char *path = HVC_BINARY_DIR "/site.zImage";
	struct hvc_scan *scan = NULL;
	struct hvc_diag diag = {0};
	unsigned data = 0;

	image[0x24 / 4] = 0x016f2818; /* a zImage's magic number */
	memcpy(image + 0x100, unnamed, sizeof unnamed);
	memcpy((uint8_t *)image + sizeof image - 2 - sizeof last, last, sizeof last);
	suite_put(path, image, sizeof image - 2);
	ck_assert_msg(hvc_scan__file(path, NULL, &diag, &scan) == HVC_OK, "%s", diag.message);
	for (unsigned i = 0; i < sizeof unnamed_sites / sizeof *unnamed_sites; i++) {
		const struct hvc_site *site = NULL;

		for (size_t k = 0; k < scan->sites + scan->calls; k++) {
			const struct hvc_site *one =
			        k < scan->sites ? &scan->site[k] : &scan->call[k - scan->sites];

			if (one->address == 0x40000400 + unnamed_sites[i].offset)
				site = one;
		}
		ck_assert_msg(site && !site->data, "at 0x%x", (unsigned)unnamed_sites[i].offset);
		ck_assert_int_eq(site->insn, unnamed_sites[i].insn);
		ck_assert_uint_eq(site->imm, unnamed_sites[i].imm);
		ck_assert(site->has_function);
		ck_assert_uint_eq(site->x[unnamed_sites[i].reg].constants, 1);
		ck_assert_uint_eq(site->x[unnamed_sites[i].reg].constant[0],
		                  unnamed_sites[i].value);
	}
	for (size_t k = 0; k < scan->sites; k++)
		data += scan->site[k].data != NULL;
	ck_assert_uint_eq(data, 2);
	ck_assert_uint_eq(scan->sites, 11);
	ck_assert_uint_eq(scan->calls, 2);
	hvc_scan__free(scan);
}

SUITE_MAIN("site")
