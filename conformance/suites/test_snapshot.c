/* SPDX-License-Identifier: MIT */
/*
 * Snapshots: physical memory whose pages lie in reverse, with the tables that put them in order
 * again at the address that EL2 knows them by. The tables are written from the Arm ARM, D8.3.
 */
#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packing.h"
#include "suite.h"

#include "hvcheck/arch.h"
#include "subject/subject.h"

#define RAM     UINT64_C(0x80000000) /* physical */
#define SIZE    (UINT64_C(8) << 20)
#define HEADER  (sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr))
#define CODE    (RAM + (UINT64_C(4) << 20)) /* where its last page is */
#define VIRTUAL UINT64_C(0x1234000000)
#define BLOCK   UINT64_C(0x1238000000) /* of 2 MiB at least: RAM from 6 MiB on */
#define IN_USE  UINT64_C(0x403)        /* a page, or a table: AF */

/* A way to translate 48 bits: TCR_EL2.TG0, and the shifts of what an entry of each level maps. */
static const struct way {
	const char *name;
	uint64_t tcr;
	unsigned granule, levels; /* tables of a walk */
	bool blocks;              /* fit into the memory above */
} ways[] = {
        {"4k", UINT64_C(16), 12, 4, true},
        {"16k", UINT64_C(2) << 14 | 16, 14, 4, false},
        {"64k", UINT64_C(1) << 14 | 16, 16, 3, false},
        {"40_bits", UINT64_C(24), 12, 4, true}, /* one entry of the first table is used */
        {"39_bits", UINT64_C(25), 12, 3, true}, /* the first level is left out */
};

/* A core and a raw file of each. */
static const char *const files[] = {"core_4k",      "raw_4k",     "core_16k",     "raw_16k",
                                    "core_64k",     "raw_64k",    "core_40_bits", "raw_40_bits",
                                    "core_39_bits", "raw_39_bits"};

struct machine {
	uint8_t *file;   /* headers, and memory behind them */
	uint64_t tables; /* the next free one */
	const struct way *way;
	uint64_t top;
};

static uint64_t *at(const struct machine *m, uint64_t physical)
{
	ck_assert(physical >= RAM && physical < RAM + SIZE);
	return (uint64_t *)(void *)(m->file + HEADER + (physical - RAM));
}

static unsigned shift_of(const struct way *way, unsigned level)
{
	return way->granule + (3 - level) * (way->granule - 3);
}

/* The entry of this level for an address, with the tables on the way to it. */
static uint64_t *entry(struct machine *m, uint64_t address, unsigned level)
{
	const unsigned bits = m->way->granule - 3;
	uint64_t table = m->top;

	for (unsigned each = 4 - m->way->levels;; each++) {
		uint64_t index = address >> shift_of(m->way, each) & ((UINT64_C(1) << bits) - 1);
		uint64_t *found = at(m, table + 8 * index);

		if (each == level)
			return found;
		if (!*found) {
			*found = m->tables | 3;
			m->tables += UINT64_C(1) << m->way->granule;
		}
		table = *found & ~UINT64_C(0xfff);
	}
}

static void map_page(struct machine *m, uint64_t address, uint64_t physical, uint64_t bits)
{
	*entry(m, address, 3) = physical | bits;
}

/* Pages of a built-in, from VIRTUAL on; *vectors as EL2 has them. */
static uint64_t lay_out(struct machine *m, const char *builtin)
{
	const uint64_t page = UINT64_C(1) << m->way->granule;
	const struct hvc_image *image;
	struct hvc_subject *subject;
	struct hvc_diag diag;
	uint64_t base, vectors;

	ck_assert_int_eq(hvc_subject_open(builtin, &diag, &subject), HVC_OK);
	image = hvc_subject_image(subject);
	base = image->segment[0].address & ~UINT64_C(0xffff);
	vectors = image->vectors - base + VIRTUAL;
	for (unsigned i = 0; i < image->segments; i++) {
		const struct hvc_segment *s = &image->segment[i];

		for (uint64_t k = 0; k < s->data_size; k++) {
			uint64_t offset = s->address - base + k;
			uint64_t physical = CODE - (offset & ~(page - 1));

			((uint8_t *)at(m, physical))[offset & (page - 1)] = s->data[k];
			map_page(m, VIRTUAL + offset, physical, IN_USE);
		}
	}
	hvc_subject_close(subject);
	return vectors;
}

static struct machine make(const struct way *way)
{
	struct machine m = {.file = calloc(1, HEADER + SIZE), .way = way};
	const Elf64_Ehdr header = {
	        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
	                    EV_CURRENT},
	        .e_type = ET_CORE,
	        .e_machine = EM_AARCH64,
	        .e_phoff = sizeof header,
	        .e_phentsize = sizeof(Elf64_Phdr),
	        .e_phnum = 1,
	};
	const Elf64_Phdr memory = {.p_type = PT_LOAD,
	                           .p_offset = HEADER,
	                           .p_paddr = RAM,
	                           .p_filesz = SIZE,
	                           .p_memsz = SIZE};

	ck_assert_ptr_nonnull(m.file);
	memcpy(m.file, &header, sizeof header);
	memcpy(m.file + sizeof header, &memory, sizeof memory);
	m.top = RAM;
	m.tables = RAM + 0x10000;
	return m;
}

/* Write memory and registers; what opens them. raw: memory alone. */
static enum hvc_status open_file(const struct machine *m, bool raw, const char *registers,
                                 struct hvc_diag *diag, struct hvc_subject **out)
{
	const uint8_t *bytes = m->file + (raw ? HEADER : 0);
	const size_t size = SIZE + (raw ? 0 : HEADER);
	char path[512];

	if (registers)
		pack_write("dump.regs", pack_copy(registers, strlen(registers)));
	else
		remove(pack_write("dump.regs", pack_copy("", 0)));
	snprintf(path, sizeof path, "%s", pack_write("dump", (struct pack){bytes, size}));
	memset(diag, 0, sizeof *diag);
	return hvc_subject_open(path, diag, out);
}

static const char *registers_of(const struct machine *m, uint64_t vectors, const char *more)
{
	static char text[1024];

	snprintf(text, sizeof text,
	         "# as it was\nvbar_el2 0x%llx\nsctlr_el2 0x30c5183d\nhcr_el2 = 0x80080001\n"
	         "tcr_el2: 0x%llx\nttbr0_el2 0x%llx\nsp_el2 0x12345000\nttbr1_el1 1\nx 0\n%s",
	         (unsigned long long)vectors, (unsigned long long)m->way->tcr,
	         (unsigned long long)m->top, more);
	return text;
}

static const struct hvc_segment *find(const struct hvc_image *image, uint64_t address)
{
	for (unsigned i = 0; i < image->segments; i++)
		if (address - image->segment[i].address < image->segment[i].size)
			return &image->segment[i];
	return NULL;
}

static void call(struct hvc_machine *machine, uint64_t x0, uint64_t x1, struct hvc_outcome *outcome)
{
	struct hvc_call made;
	struct hvc_diag diag;

	hvc_call_init(&made, 0);
	made.x[0] = x0;
	made.x[1] = x1;
	ck_assert_int_eq(hvc_machine_reset(machine, &diag), HVC_OK);
	ck_assert_int_eq(hvc_machine_call(machine, &made, &diag, outcome), HVC_OK);
}

/* Real calls in it, by each way to translate, of a core and of a raw file. */
TEST_ROWS(runs_where_el2_has_it, files)
{
	const struct way *way = &ways[_i / 2];
	struct machine m = make(way);
	uint64_t vectors = lay_out(&m, "linux-stub-4.12");
	struct hvc_machine *machine;
	struct hvc_machine_config config = {.smc_as_it_is = false};
	struct hvc_subject *subject;
	struct hvc_outcome outcome;
	struct hvc_world world;
	struct hvc_diag diag;

	ck_assert_msg(open_file(&m, _i % 2,
	                        registers_of(&m, vectors, _i % 2 ? "memory 0x80000000\n" : ""),
	                        &diag, &subject) == HVC_OK,
	              "%s", diag.message);
	ck_assert_int_eq(hvc_subject__format(subject), HVC_FORMAT_SNAPSHOT);
	ck_assert_uint_eq(hvc_subject_image(subject)->vectors, vectors);
	hvc_world_init(&world, HVC_CPU_A72);
	hvc_subject__enter(subject, &world);
	config.image = *hvc_subject_image(subject);
	config.world = &world;
	ck_assert_msg(hvc_machine_open(&config, &diag, &machine) == HVC_OK, "%s", diag.message);
	call(machine, 2, 0, &outcome);
	ck_assert_int_eq(outcome.kind, HVC_OUTCOME_RETURN);
	ck_assert_uint_eq(outcome.state.v[0], 0);
	call(machine, 9, 0, &outcome);
	ck_assert_int_eq(outcome.kind, HVC_OUTCOME_RETURN);
	ck_assert_uint_eq(outcome.state.v[0], 0xbadca11);
	/* The registers as EL2 knows them, whatever stands in for them. */
	ck_assert_uint_eq(outcome.state.v[HVC_REG_SCTLR_EL2], 0x30c5183d);
	ck_assert_uint_eq(outcome.state.v[HVC_REG_HCR_EL2] & ~HVC_HCR_TSC, 0x80000001);
	ck_assert_uint_eq(outcome.state.v[HVC_REG_TTBR0_EL2], m.top);
	ck_assert_uint_eq(outcome.state.v[HVC_REG_SP_EL2], 0x12345000);
	/* The caller's stay the world's. */
	ck_assert_uint_ne(outcome.state.v[HVC_REG_TTBR1_EL1], 1);
	call(machine, 0, 0x5000, &outcome);
	ck_assert_uint_eq(outcome.state.v[HVC_REG_VBAR_EL2], 0x5000);
	hvc_machine_close(machine);
	hvc_subject_close(subject);
	free(m.file);
}

/* What the CPU would not translate is not there; blocks and pages next to each other are one. */
TEST_ROWS(maps_what_the_cpu_would, ways)
{
	const struct way *way = &ways[_i];
	const uint64_t page = UINT64_C(1) << way->granule;
	struct machine m = make(way);
	uint64_t vectors = lay_out(&m, "linux-stub-4.12"), lo, hi;
	const struct hvc_image *image;
	struct hvc_subject *subject;
	const struct hvc_segment *s;
	struct hvc_diag diag;
	bool data = false;

	map_page(&m, VIRTUAL + 16 * page, CODE, 0x003);        /* AF is 0 */
	map_page(&m, VIRTUAL + 17 * page, CODE, 0x401);        /* reserved at level 3 */
	map_page(&m, VIRTUAL + 18 * page, CODE, 0x402);        /* not valid */
	map_page(&m, VIRTUAL + 19 * page, RAM + SIZE, IN_USE); /* no memory there */
	map_page(&m, VIRTUAL + 20 * page, CODE - page, IN_USE | UINT64_C(1) << 54);
	map_page(&m, VIRTUAL + 21 * page, CODE, IN_USE | UINT64_C(1) << 54);
	map_page(&m, VIRTUAL + 22 * page, CODE, IN_USE | UINT64_C(1) << 54 | 1 << 7);
	if (way->blocks)
		*entry(&m, BLOCK, 2) = (RAM + (UINT64_C(6) << 20)) | 0x401;
	ck_assert_msg(open_file(&m, false, registers_of(&m, vectors, ""), &diag, &subject) ==
	                      HVC_OK,
	              "%s", diag.message);
	image = hvc_subject_image(subject);
	for (unsigned i = 16; i < 20; i++)
		ck_assert_ptr_null(find(image, VIRTUAL + i * page));
	s = find(image, VIRTUAL + 20 * page);
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(s->address, VIRTUAL + 20 * page);
	ck_assert_uint_eq(s->size, 2 * page);
	ck_assert_mem_eq(s->data, at(&m, CODE - page), 2 * page);
	/* Writable, and never executed. */
	for (size_t i = 0; hvc_subject__data(subject, i, &lo, &hi); i++)
		data |= lo == VIRTUAL + 20 * page && hi == VIRTUAL + 22 * page - 1;
	ck_assert(data);
	if (way->blocks) {
		s = find(image, BLOCK);
		ck_assert_ptr_nonnull(s);
		ck_assert_uint_eq(s->size, UINT64_C(2) << 20);
	}
	ck_assert_ptr_null(find(image, RAM));
	hvc_subject_close(subject);
	free(m.file);
}

/* The MMU of EL2 is off: memory is where it is. */
TEST(is_flat_without_the_mmu)
{
	struct machine m = make(ways);
	struct hvc_subject *subject;
	struct hvc_diag diag;

	ck_assert_int_eq(open_file(&m, false,
	                           "vbar_el2 0x80001000\nsctlr_el2 0x30c50830\nhcr_el2 0x80000000\n"
	                           "sp_el2 0\n",
	                           &diag, &subject),
	                 HVC_OK);
	ck_assert_uint_eq(hvc_subject_image(subject)->segments, 1);
	ck_assert_uint_eq(hvc_subject_image(subject)->segment[0].address, RAM);
	hvc_subject_close(subject);
	free(m.file);
}

/* HCR_EL2.E2H: two ranges, the upper one as a kernel has it. */
TEST(has_two_ranges_with_vhe)
{
	static const struct way upper = {"vhe", UINT64_C(0x80100010), 12, 4, true};
	struct machine m = make(&upper);
	struct hvc_subject *subject;
	struct hvc_diag diag;
	char text[256];

	/* The index of level 0 is that of the low 48 bits. */
	map_page(&m, 0xffff800010000000, CODE, IN_USE);
	snprintf(text, sizeof text,
	         "vbar_el2 0xffff800010000000\nsctlr_el2 1\nhcr_el2 0x488000000\nsp_el2 0\n"
	         "tcr_el2 0x%llx\nttbr0_el2 0x%llx\nttbr1_el2 0x%llx\n",
	         (unsigned long long)(upper.tcr | 1 << 7), (unsigned long long)RAM,
	         (unsigned long long)RAM);
	ck_assert_msg(open_file(&m, false, text, &diag, &subject) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(hvc_subject_image(subject)->segments, 1);
	ck_assert_uint_eq(hvc_subject_image(subject)->segment[0].address,
	                  UINT64_C(0xffff800010000000));
	hvc_subject_close(subject);
	free(m.file);
}

/* A file that is wrong, and what is said of it. */
TEST(says_what_is_missing)
{
	static const struct {
		const char *registers, *says;
		enum hvc_status status;
		unsigned line;
		bool raw;
	} rows[] = {
	        {NULL, "the registers of EL2 are in no", HVC_E_NOTFOUND, 0, false},
	        {"", "does not tell vbar_el2", HVC_E_FORMAT, 0, false},
	        {"vbar_el2 0x80001000\nsctlr_el2 0\nhcr_el2 0\n", "does not tell sp_el2",
	         HVC_E_FORMAT, 0, false},
	        {"# no\nvbar_el2\n", "is not REGISTER VALUE", HVC_E_FORMAT, 2, false},
	        {"vbar_el2 -1\n", "is not REGISTER VALUE", HVC_E_FORMAT, 1, false},
	        {"vbar_el2 1\nvbar_el2 = 2\n", "is not REGISTER VALUE, once", HVC_E_FORMAT, 2,
	         false},
	        {"vbar_el2 1 2\n", "is not REGISTER VALUE", HVC_E_FORMAT, 1, false},
	        {"vbar_el2 0x10000000000000000\n", "is not REGISTER VALUE", HVC_E_FORMAT, 1, false},
	        {"vbar_el2 0\nsctlr_el2 0\nhcr_el2 0\nsp_el2 0\n", "memory ADDRESS", HVC_E_FORMAT,
	         0, true},
	        {"vbar_el2 0\nsctlr_el2 1\nhcr_el2 0\nsp_el2 0\ntcr_el2 0xc010\n", "TCR_EL2",
	         HVC_E_RANGE, 0, false},
	        {"vbar_el2 0\nsctlr_el2 1\nhcr_el2 0\nsp_el2 0\ntcr_el2 3\n", "TCR_EL2",
	         HVC_E_RANGE, 0, false},
	        {"vbar_el2 0\nsctlr_el2 1\nhcr_el2 0\nsp_el2 0\ntcr_el2 0x100000010\n",
	         "52-bit descriptors", HVC_E_UNSUPPORTED, 0, false},
	        {"vbar_el2 0\nsctlr_el2 1\nhcr_el2 0\nsp_el2 0\ntcr_el2 16\nttbr0_el2 0x80000000\n",
	         "map no memory", HVC_E_FORMAT, 0, false},
	        {"vbar_el2 0x1000\nsctlr_el2 0\nhcr_el2 0\nsp_el2 0\n", "not inside the image",
	         HVC_E_RANGE, 0, false},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct machine m = make(ways);
		struct hvc_subject *subject;
		struct hvc_diag diag;

		ck_assert_msg(open_file(&m, rows[i].raw, rows[i].registers, &diag, &subject) ==
		                      rows[i].status,
		              "row %zu: %d, %s", i, diag.status, diag.message);
		ck_assert_msg(strstr(diag.message, rows[i].says) != NULL, "row %zu: %s", i,
		              diag.message);
		ck_assert_uint_eq(diag.line, rows[i].line);
		free(m.file);
	}
}

/* Registers that are there and cannot be read are not registers that are not there. */
TEST(refuses_registers_that_are_no_text)
{
	static const char nul[] = "vbar_el2 0\n\0sp_el2 0\n";
	struct machine m = make(ways);
	struct hvc_subject *subject;
	struct hvc_diag diag;
	char path[512];

	for (unsigned i = 0; i < 4; i++) {
		snprintf(path, sizeof path, "%s",
		         pack_write("dump.regs", pack_copy(nul, i ? 0 : sizeof nul)));
		if (i)
			ck_assert_int_eq(remove(path), 0);
		if (i == 1)
			ck_assert_int_eq(mkfifo(path, 0666), 0);
		if (i == 2)
			ck_assert_int_eq(mkdir(path, 0777), 0);
		if (i == 3)
			ck_assert_int_eq(symlink("nowhere", path), 0);
		snprintf(path, sizeof path, "%s",
		         pack_write("dump", (struct pack){m.file + HEADER, SIZE}));
		ck_assert_int_ne(hvc_subject_open(path, &diag, &subject), HVC_OK);
		ck_assert_msg(strstr(diag.file, ".regs") != NULL, "%u: %s", i, diag.message);
		strcat(path, ".regs");
		ck_assert_int_eq(remove(path), 0);
	}
	free(m.file);
}

/* Tables that are their own: the walk ends, and says so. */
TEST(ends_with_tables_in_a_circle)
{
	struct machine m = make(ways);
	struct hvc_subject *subject;
	struct hvc_diag diag;

	for (unsigned i = 0; i < 512; i++)
		*at(&m, m.top + 8 * i) = m.top | 3;
	ck_assert_int_ne(open_file(&m, false, registers_of(&m, VIRTUAL, ""), &diag, &subject),
	                 HVC_OK);
	ck_assert_msg(strstr(diag.message, "more than") != NULL, "%s", diag.message);
	free(m.file);
}

/* Headers that are not in the file, or of another machine. */
TEST(refuses_a_core_that_is_cut_off)
{
	static const struct {
		unsigned at, size;
		uint64_t value;
	} rows[] = {
	        {offsetof(Elf64_Ehdr, e_machine), 2, EM_X86_64},
	        {offsetof(Elf64_Ehdr, e_phnum), 2, 0xffff},
	        {offsetof(Elf64_Ehdr, e_phnum), 2, 0},
	        {offsetof(Elf64_Ehdr, e_phoff), 8, UINT64_MAX},
	        {offsetof(Elf64_Ehdr, e_phentsize), 2, 1},
	        {sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_filesz), 8, SIZE + 1},
	        {sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_offset), 8, UINT64_MAX},
	        {sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_paddr), 8, UINT64_MAX - 1},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct machine m = make(ways);
		struct hvc_subject *subject;
		struct hvc_diag diag;

		memcpy(m.file + rows[i].at, &rows[i].value, rows[i].size);
		ck_assert_msg(open_file(&m, false, registers_of(&m, VIRTUAL, ""), &diag,
		                        &subject) == HVC_E_FORMAT,
		              "row %zu: %s", i, diag.message);
		free(m.file);
	}
}

SUITE_MAIN("snapshot")
