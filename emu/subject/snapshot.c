/* SPDX-License-Identifier: MIT */
/* Sources: System V gABI, chapter 5, for program headers; Linux
 * Documentation/arch/arm64/booting.rst. */
#include "subject/snapshot.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "hvcheck/hvc.h"
#include "hvcheck/limit.h"
#include "machine/file.h"
#include "subject/kallsyms.h"
#include "subject/little.h"

/* What says how to translate: the registers, and physical memory. */
struct hvc_translation {
	uint64_t sctlr, hcr, tcr, ttbr0, ttbr1; /* of EL2 */
	/* A descriptor at a physical address, a multiple of 8; false: there is no memory. */
	bool (*read)(void *ctx, uint64_t address, uint64_t *descriptor);
	/*
	 * Virtual addresses that are mapped, ascending in each range of addresses; size in bytes.
	 * data: writable at EL2 and never executed there. Not HVC_OK ends the walk with it.
	 */
	enum hvc_status (*map)(void *ctx, uint64_t address, uint64_t physical, uint64_t size,
	                       bool data);
	void *ctx;
};

/* Sources: Arm ARM (DDI 0487) D8.2, D8.3 for tables and descriptors, D24 for TCR_EL2. */

#define VALID      UINT64_C(1)
#define TABLE      UINT64_C(2) /* a table, and at level 3 a page */
#define READ_ONLY  (UINT64_C(1) << 7)
#define ACCESSED   (UINT64_C(1) << 10)
#define XN         (UINT64_C(1) << 54) /* of one privilege level */
#define PXN        (UINT64_C(1) << 53) /* of two: EL2's own */
#define TCR_HD     (UINT64_C(1) << 22) /* hardware manages dirty state, TCR_EL2 */
#define DBM        (UINT64_C(1) << 51)
#define LAST_LEVEL 3u

/* One of the two ranges of addresses. */
struct range {
	const struct hvc_translation *t;
	uint64_t base;                /* of the virtual addresses */
	uint64_t table;               /* physical address of the first table */
	unsigned granule, bits;       /* of a page, and of what is translated */
	unsigned level;               /* of the first table */
	bool host, accessed, dirties; /* HCR_EL2.E2H; the hardware sets the flags itself */
	uint64_t *visited;            /* descriptors so far */
};

static unsigned shift_at(const struct range *range, unsigned level)
{
	return range->granule + (LAST_LEVEL - level) * (range->granule - 3);
}

/* Output address of a descriptor for what is aligned to 2^low; 64 KiB pages have 52 bits. */
static uint64_t output(const struct range *range, uint64_t descriptor, unsigned low)
{
	uint64_t address = descriptor & ((UINT64_C(1) << 48) - 1) & ~((UINT64_C(1) << low) - 1);

	if (range->granule == 16)
		address |= (descriptor >> 12 & 0xf) << 48;
	return address;
}

/* Blocks are there at level 2, and at level 1 with 4 KiB pages. */
static bool is_leaf(const struct range *range, unsigned level, uint64_t descriptor)
{
	if (level == LAST_LEVEL)
		return descriptor & TABLE;
	return !(descriptor & TABLE) && (level == 2 || (level == 1 && range->granule == 12));
}

static enum hvc_status walk(const struct range *range, uint64_t table, unsigned level,
                            uint64_t base, struct hvc_diag *diag)
{
	const unsigned shift = shift_at(range, level);
	const unsigned bits = level == range->level ? range->bits - shift : range->granule - 3;

	for (uint64_t i = 0; i < UINT64_C(1) << bits; i++) {
		uint64_t descriptor, address = base + (i << shift);

		if (++*range->visited > HVC_LIMIT_DESCRIPTORS)
			return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
			                    "EL2's translation tables have more than %u "
			                    "descriptors",
			                    HVC_LIMIT_DESCRIPTORS);
		if (!range->t->read(range->t->ctx, table + 8 * i, &descriptor) ||
		    !(descriptor & VALID))
			continue;
		if (is_leaf(range, level, descriptor)) {
			bool writable =
			        !(descriptor & READ_ONLY) || (range->dirties && descriptor & DBM);

			if (descriptor & ACCESSED || range->accessed)
				HVC_TRY(range->t->map(
				        range->t->ctx, address, output(range, descriptor, shift),
				        UINT64_C(1) << shift,
				        writable && descriptor & (range->host ? PXN : XN)));
		} else if (level < LAST_LEVEL && descriptor & TABLE) {
			HVC_TRY(walk(range, output(range, descriptor, range->granule), level + 1,
			             address, diag));
		}
	}
	return HVC_OK;
}

/* size: TCR_EL2.TnSZ; granule: 12, 14 or 16, 0 where TGn is reserved. */
static enum hvc_status walk_range(struct range *range, unsigned size, uint64_t ttbr,
                                  struct hvc_diag *diag)
{
	unsigned levels, top;

	if (!range->granule || size < 16 || size > 48)
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
		                    "TCR_EL2 is 0x%llx, whose pages or sizes are none",
		                    (unsigned long long)range->t->tcr);
	range->bits = 64 - size;
	levels = (range->bits - 4) / (range->granule - 3);
	range->level = LAST_LEVEL + 1 - levels;
	/* The first table is aligned to its size, of 64 bytes at least. */
	top = range->bits - shift_at(range, range->level) + 3;
	range->table = output(range, ttbr & ~UINT64_C(0xffff000000000001), top < 6 ? 6 : top);
	if (range->granule == 16)
		range->table = (range->table & ((UINT64_C(1) << 48) - 1)) | (ttbr >> 2 & 0xf) << 48;
	return walk(range, range->table, range->level, range->base, diag);
}

/*
 * Tell all that is mapped; SCTLR_EL2.M is 1. What the CPU would fault on is not. HVC_E_UNSUPPORTED:
 * tables with 52-bit descriptors; HVC_E_RANGE: TCR_EL2 is reserved, or more than
 * HVC_LIMIT_DESCRIPTORS; diag says what.
 */
static enum hvc_status walk_tables(const struct hvc_translation *t, struct hvc_diag *diag)
{
	/* TG0 and TG1 have the same three sizes by other numbers. */
	static const unsigned lower[4] = {12, 16, 14, 0}, upper[4] = {0, 14, 12, 16};
	const bool host = t->hcr & HVC_HCR_E2H;
	uint64_t visited = 0;
	struct range range = {.t = t, .visited = &visited, .host = host};

	if (t->tcr >> (host ? 59 : 32) & 1)
		return hvc_diag_set(
		        diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		        "EL2's translation tables have 52-bit descriptors (TCR_EL2.DS)");
	range.accessed = t->tcr >> (host ? 39 : 21) & 1;
	range.dirties = host ? t->tcr >> 40 & 1 : (t->tcr & TCR_HD) != 0;
	range.granule = lower[t->tcr >> 14 & 3];
	/* EPD0 and EPD1 turn a range off. */
	if (!host || !(t->tcr >> 7 & 1))
		HVC_TRY(walk_range(&range, t->tcr & 0x3f, t->ttbr0, diag));
	if (!host || t->tcr >> 23 & 1)
		return HVC_OK;
	range.granule = upper[t->tcr >> 30 & 3];
	range.base = 0 - (UINT64_C(1) << (64 - (t->tcr >> 16 & 0x3f)) % 64);
	return walk_range(&range, t->tcr >> 16 & 0x3f, t->ttbr1, diag);
}

#define REGISTERS_MAX (UINT64_C(1) << 20) /* bytes of their file */
#define SCTLR_M       UINT64_C(1)
#define PAGE          UINT64_C(0x1000)
#define MAGIC_AT      56u /* of an arm64 Image, and its size in memory */
#define SIZE_AT       16u

/* A part of physical memory. */
struct extent {
	uint64_t address, size, offset; /* offset: in the file */
};

struct snapshot {
	struct hvc_loaded *loaded;
	struct hvc_diag *diag;
	struct extent extent[HVC_LIMIT_SEGMENTS];
	unsigned extents;
	uint64_t value[HVC_REG_COUNT];
	struct hvc_regset told;
	unsigned capacity; /* of segments */
};

bool hvc_snapshot__is_core(const uint8_t *bytes, size_t size)
{
	return size >= sizeof(Elf64_Ehdr) && !memcmp(bytes, ELFMAG, SELFMAG) &&
	       bytes[EI_CLASS] == ELFCLASS64 && bytes[EI_DATA] == ELFDATA2LSB &&
	       hvc_little__16(bytes + offsetof(Elf64_Ehdr, e_type)) == ET_CORE;
}

enum hvc_status hvc_snapshot__beside(const char *name, struct hvc_diag *diag, char **out)
{
	size_t length = strlen(name) + sizeof ".regs", size = 0;
	char *path = malloc(length);
	enum hvc_status status = HVC_OK;
	uint8_t *bytes = NULL;

	if (!path)
		return hvc_diag_set(diag, HVC_E_NOMEM, name, 0, 0, "no memory");
	snprintf(path, length, "%s.regs", name);
	if (hvc_file__is_there(path))
		status = hvc_file__read(path, REGISTERS_MAX, diag, &bytes, &size);
	if (bytes && memchr(bytes, '\0', size)) {
		status = hvc_diag_set(diag, HVC_E_FORMAT, path, 0, 0, "is not text");
		free(bytes);
	}
	free(path);
	if (status == HVC_OK)
		*out = (char *)bytes;
	return status;
}

static enum hvc_status bad(const struct snapshot *snapshot, const char *what, uint64_t number)
{
	return hvc_diag_set(snapshot->diag, HVC_E_FORMAT, snapshot->loaded->name, 0, 0, what,
	                    number);
}

/* The physical memory of a core. */
static enum hvc_status read_core(struct snapshot *snapshot)
{
	const uint8_t *bytes = snapshot->loaded->bytes;
	const size_t size = snapshot->loaded->size;
	Elf64_Ehdr header;
	Elf64_Phdr part;

	memcpy(&header, bytes, sizeof header);
	if (header.e_machine != EM_AARCH64)
		return bad(snapshot, "is an ELF core of machine %" PRIu64 ", not AArch64",
		           header.e_machine);
	if (header.e_phentsize != sizeof part || header.e_phoff > size ||
	    header.e_phnum > (size - header.e_phoff) / sizeof part)
		return bad(snapshot, "truncated: its %" PRIu64 " program headers are not in it",
		           header.e_phnum);
	for (unsigned i = 0; i < header.e_phnum; i++) {
		memcpy(&part, bytes + header.e_phoff + i * sizeof part, sizeof part);
		if (part.p_type != PT_LOAD || !part.p_filesz)
			continue;
		if (part.p_offset > size || part.p_filesz > size - part.p_offset ||
		    part.p_paddr + part.p_filesz < part.p_paddr)
			return bad(snapshot, "truncated: the memory at 0x%" PRIx64 " is not in it",
			           part.p_paddr);
		if (snapshot->extents == HVC_LIMIT_SEGMENTS)
			return bad(snapshot, "has more than %" PRIu64 " pieces of memory",
			           HVC_LIMIT_SEGMENTS);
		snapshot->extent[snapshot->extents++] =
		        (struct extent){part.p_paddr, part.p_filesz, part.p_offset};
	}
	return snapshot->extents ? HVC_OK : bad(snapshot, "holds no memory", 0);
}

/* One line; what is no register of reg.h is none that matters here. */
static bool take_line(struct snapshot *snapshot, char *line)
{
	char *name, *number, *end, *rest = line;
	enum hvc_reg reg;
	uint64_t value;

	line[strcspn(line, "#\r")] = '\0';
	name = strtok_r(rest, " \t=:", &rest);
	if (!name)
		return true;
	number = strtok_r(rest, " \t=:", &rest);
	if (!number || strtok_r(rest, " \t", &rest))
		return false;
	errno = 0;
	value = strtoull(number, &end, 0);
	if (errno || *end || end == number || *number == '-')
		return false;
	if (!strcmp(name, "memory")) {
		if (!snapshot->extents)
			snapshot->extent[snapshot->extents++] =
			        (struct extent){value, snapshot->loaded->size, 0};
		return value + snapshot->loaded->size > value;
	}
	reg = hvc_reg_find(name);
	if (reg == HVC_REG_NONE)
		return true;
	if (hvc_regset_has(&snapshot->told, reg) && snapshot->value[reg] != value)
		return false;
	snapshot->value[reg] = value;
	hvc_regset_add(&snapshot->told, reg);
	return true;
}

static enum hvc_status read_registers(struct snapshot *snapshot, const char *text)
{
	static const enum hvc_reg needed[] = {HVC_REG_VBAR_EL2, HVC_REG_SCTLR_EL2, HVC_REG_HCR_EL2,
	                                      HVC_REG_SP_EL2};
	char *copy = strdup(text), *rest = copy, *line;
	char file[4096];
	unsigned number = 0;

	snprintf(file, sizeof file, "%s.regs", snapshot->loaded->name);
	if (!copy)
		return hvc_diag_set(snapshot->diag, HVC_E_NOMEM, file, 0, 0, "no memory");
	while ((line = strsep(&rest, "\n"))) {
		number++;
		if (!take_line(snapshot, line)) {
			free(copy);
			return hvc_diag_set(snapshot->diag, HVC_E_FORMAT, file, number, 0,
			                    "is not REGISTER VALUE, once, or memory ADDRESS");
		}
	}
	free(copy);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!hvc_regset_has(&snapshot->told, needed[i]))
			return hvc_diag_set(snapshot->diag, HVC_E_FORMAT, file, 0, 0,
			                    "does not tell %s", hvc_reg_name(needed[i]));
	if (!snapshot->extents)
		return hvc_diag_set(snapshot->diag, HVC_E_FORMAT, file, 0, 0,
		                    "does not tell where the memory is: memory ADDRESS");
	return HVC_OK;
}

static bool read_descriptor(void *ctx, uint64_t address, uint64_t *descriptor)
{
	const struct snapshot *snapshot = ctx;

	for (unsigned i = 0; i < snapshot->extents; i++) {
		const struct extent *extent = &snapshot->extent[i];

		if (address < extent->address || extent->size < 8 ||
		    address - extent->address > extent->size - 8)
			continue;
		*descriptor = hvc_little__64(snapshot->loaded->bytes + extent->offset +
		                             (address - extent->address));
		return true;
	}
	return false;
}

static enum hvc_status add_segment(struct snapshot *snapshot, uint64_t address, uint64_t offset,
                                   uint64_t size)
{
	struct hvc_loaded *loaded = snapshot->loaded;
	struct hvc_segment *last = loaded->segments ? &loaded->segment[loaded->segments - 1] : NULL;

	if (last && last->address + last->size == address &&
	    loaded->offset[loaded->segments - 1] + last->size == offset) {
		last->size = last->data_size += size;
		return HVC_OK;
	}
	if (loaded->segments == HVC_LIMIT_MAPPINGS)
		return hvc_diag_set(snapshot->diag, HVC_E_RANGE, loaded->name, 0, 0,
		                    "EL2 has more than %u pieces of memory", HVC_LIMIT_MAPPINGS);
	if (loaded->segments == snapshot->capacity) {
		unsigned capacity = snapshot->capacity ? 2 * snapshot->capacity : 64;
		void *segment = realloc(loaded->segment, capacity * sizeof *loaded->segment);
		void *offsets;

		if (segment)
			loaded->segment = segment;
		offsets =
		        segment ? realloc(loaded->offset, capacity * sizeof *loaded->offset) : NULL;
		if (!offsets)
			return hvc_diag_set(snapshot->diag, HVC_E_NOMEM, loaded->name, 0, 0,
			                    "no memory");
		loaded->offset = offsets;
		snapshot->capacity = capacity;
	}
	loaded->offset[loaded->segments] = offset;
	loaded->segment[loaded->segments++] =
	        (struct hvc_segment){address, size, loaded->bytes + offset, size};
	return HVC_OK;
}

static enum hvc_status add_data(struct snapshot *snapshot, uint64_t address, uint64_t size)
{
	struct hvc_loaded *loaded = snapshot->loaded;
	struct hvc_piece *last = loaded->datas ? &loaded->data[loaded->datas - 1] : NULL;

	if (last && last->address + last->size == address)
		last->size += size;
	else if (!hvc_image__add_data(loaded, address, size))
		return hvc_diag_set(snapshot->diag, HVC_E_NOMEM, loaded->name, 0, 0, "no memory");
	return HVC_OK;
}

/* What of it there is memory for; devices are not in the file. */
static enum hvc_status map(void *ctx, uint64_t address, uint64_t physical, uint64_t size, bool data)
{
	struct snapshot *snapshot = ctx;

	for (unsigned i = 0; i < snapshot->extents; i++) {
		const struct extent *extent = &snapshot->extent[i];
		uint64_t lo = physical > extent->address ? physical : extent->address;
		uint64_t hi = physical + size < extent->address + extent->size
		                      ? physical + size
		                      : extent->address + extent->size;

		if (lo >= hi)
			continue;
		HVC_TRY(add_segment(snapshot, address + (lo - physical),
		                    extent->offset + (lo - extent->address), hi - lo));
		if (data)
			HVC_TRY(add_data(snapshot, address + (lo - physical), hi - lo));
	}
	return HVC_OK;
}

static enum hvc_status lay_out(struct snapshot *snapshot)
{
	const uint64_t *value = snapshot->value;
	const struct hvc_translation translation = {
	        .sctlr = value[HVC_REG_SCTLR_EL2],
	        .hcr = value[HVC_REG_HCR_EL2],
	        .tcr = value[HVC_REG_TCR_EL2],
	        .ttbr0 = value[HVC_REG_TTBR0_EL2],
	        .ttbr1 = value[HVC_REG_TTBR1_EL2],
	        .read = read_descriptor,
	        .map = map,
	        .ctx = snapshot,
	};
	struct hvc_diag why = {0};
	enum hvc_status status = HVC_OK;

	if (value[HVC_REG_SCTLR_EL2] & SCTLR_M)
		status = walk_tables(&translation, &why);
	for (unsigned i = 0; !(value[HVC_REG_SCTLR_EL2] & SCTLR_M) && i < snapshot->extents; i++)
		HVC_TRY(add_segment(snapshot, snapshot->extent[i].address,
		                    snapshot->extent[i].offset, snapshot->extent[i].size));
	if (status != HVC_OK)
		return hvc_diag_set(snapshot->diag, status, snapshot->loaded->name, 0, 0, "%s",
		                    why.message);
	if (!snapshot->loaded->segments)
		return hvc_diag_set(snapshot->diag, HVC_E_FORMAT, snapshot->loaded->name, 0, 0,
		                    "EL2's translation tables, at 0x%" PRIx64 ", map no memory",
		                    value[HVC_REG_TTBR0_EL2]);
	return HVC_OK;
}

/* The arm64 Image around a byte of the file; 0: there is none. */
static uint64_t find_image(const struct snapshot *snapshot, uint64_t offset, uint64_t *size)
{
	const struct hvc_loaded *loaded = snapshot->loaded;

	for (unsigned i = 0; i < snapshot->extents; i++) {
		const struct extent *extent = &snapshot->extent[i];

		if (offset - extent->offset >= extent->size)
			continue;
		for (uint64_t at = (offset - extent->offset) & ~(PAGE - 1);; at -= PAGE) {
			const uint8_t *header = loaded->bytes + extent->offset + at;

			if (extent->size - at >= PAGE && !memcmp(header + MAGIC_AT, "ARM\x64", 4)) {
				uint64_t most = extent->size - at;

				*size = hvc_little__64(header + SIZE_AT);
				*size = *size < most ? *size : most;
				return offset - extent->offset - at < *size ? extent->offset + at
				                                            : 0;
			}
			if (!at)
				break;
		}
	}
	return 0;
}

/* The names of a kernel whose vectors these are, wherever EL2 has what they name. */
static enum hvc_status add_names(struct snapshot *snapshot)
{
	struct hvc_loaded *loaded = snapshot->loaded;
	int segment = hvc_image__segment(loaded, snapshot->value[HVC_REG_VBAR_EL2], 1);
	uint64_t offset, size = 0, image = 0;
	struct hvc_segment flat;
	struct hvc_loaded kernel = {.segment = &flat, .segments = 1};
	enum hvc_status status;

	if (segment >= 0) {
		offset = loaded->offset[segment] + snapshot->value[HVC_REG_VBAR_EL2] -
		         loaded->segment[segment].address;
		image = find_image(snapshot, offset, &size);
	}
	if (!image)
		return HVC_OK;
	/* Symbols have the offset in the file for an address. */
	kernel.bytes = loaded->bytes + image;
	kernel.size = size;
	flat = (struct hvc_segment){image, size, kernel.bytes, size};
	status = hvc_kallsyms__load(&kernel);
	loaded->symbols.text = kernel.symbols.text;
	kernel.symbols.text = NULL;
	for (unsigned i = 0; i < loaded->segments && status == HVC_OK; i++)
		for (size_t k = 0; k < kernel.symbols.count && status == HVC_OK; k++) {
			struct hvc_symbol symbol = kernel.symbols.row[k];

			if (symbol.address - loaded->offset[i] >= loaded->segment[i].size)
				continue;
			symbol.address += loaded->segment[i].address - loaded->offset[i];
			status = hvc_symbols__add(&loaded->symbols, &symbol);
		}
	hvc_symbols__free(&kernel.symbols);
	return status == HVC_OK ? HVC_OK : hvc_symbols__fail(status, loaded->name, snapshot->diag);
}

/* EL2's own registers; a caller has its own, as in every world. */
static enum hvc_status keep_registers(struct snapshot *snapshot)
{
	struct hvc_loaded *loaded = snapshot->loaded;

	loaded->booted = calloc(1, sizeof *loaded->booted);
	if (!loaded->booted)
		return hvc_diag_set(snapshot->diag, HVC_E_NOMEM, loaded->name, 0, 0, "no memory");
	for (enum hvc_reg reg = HVC_GPR_COUNT; reg < HVC_REG_COUNT; reg++) {
		const struct hvc_reg_info *info = hvc_reg_info(reg);

		if (!hvc_regset_has(&snapshot->told, reg) || info->class_ == HVC_CLASS_EXCEPTION ||
		    (reg != HVC_REG_SP_EL2 && (info->encoding[1] != 4 || reg == HVC_REG_SP_EL1)))
			continue;
		loaded->booted->value[reg] = snapshot->value[reg];
		hvc_regset_add(&loaded->booted->told, reg);
	}
	return HVC_OK;
}

enum hvc_status hvc_snapshot__load(struct hvc_loaded *loaded, const char *registers,
                                   struct hvc_diag *diag)
{
	struct snapshot snapshot = {.loaded = loaded, .diag = diag};

	loaded->format = HVC_FORMAT_SNAPSHOT;
	if (!registers)
		return hvc_diag_set(diag, HVC_E_NOTFOUND, loaded->name, 0, 0,
		                    "is an ELF core, and the registers of EL2 are in no %s.regs: "
		                    "ci/jobs/snapshot writes both",
		                    loaded->name);
	if (hvc_snapshot__is_core(loaded->bytes, loaded->size))
		HVC_TRY(read_core(&snapshot));
	HVC_TRY(read_registers(&snapshot, registers));
	HVC_TRY(lay_out(&snapshot));
	HVC_TRY(keep_registers(&snapshot));
	return add_names(&snapshot);
}
