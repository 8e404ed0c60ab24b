/* SPDX-License-Identifier: MIT */
/* A relocatable ELF object laid out and linked on its own. */

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/limit.h"
#include "subject/elf.h"
#include "subject/little.h"
#include "subject/relocation.h"

#define ALIGN_MAX  UINT64_C(0x200000)
#define TABLE_NAME "_GLOBAL_OFFSET_TABLE_"
#define TRAP_SIZE  16u /* of an undefined symbol */
#define TRAP_GAP                                                                        \
	0x10000u /* between the image and them: a page, of any size, that is not mapped \
	          */

/* An object being linked. */
struct linker {
	struct hvc_loaded *loaded;
	struct hvc_diag *diag;
	Elf64_Ehdr ehdr;
	Elf64_Shdr *section;
	uint64_t *at; /* address of each section; 0: it has none */
	Elf64_Sym *symbol;
	uint64_t *value; /* address of each symbol */
	size_t symbols;
	unsigned strings; /* section of their names */
	size_t ended;     /* so much of it is: names are inside */
	uint64_t end;     /* of what is laid out so far */
	uint64_t table;   /* address of a global offset table; 0: none */
	uint32_t *slot;   /* of each symbol in it, from 1 on; 0: it has none */
	uint32_t slots;
	uint8_t *memory; /* what is laid out, from HVC_IMAGE_BASE on */
};

/* HVC_E_FORMAT, said so that clang-tidy knows it is a failure. */
#define BAD(linker, ...)                                                                \
	((void)hvc_diag_set((linker)->diag, HVC_E_FORMAT, (linker)->loaded->name, 0, 0, \
	                    __VA_ARGS__),                                               \
	 HVC_E_FORMAT)

static bool in_file(const struct linker *linker, uint64_t offset, uint64_t size)
{
	return offset <= linker->loaded->size && size <= linker->loaded->size - offset;
}

/* Structures of ELF files are as the host has them, being little-endian. */
static void copy(const struct linker *linker, void *to, uint64_t offset, size_t size)
{
	memcpy(to, linker->loaded->bytes + offset, size);
}

static enum hvc_status read_sections(struct linker *linker)
{
	const Elf64_Ehdr *ehdr = &linker->ehdr;
	size_t size = (size_t)ehdr->e_shnum * sizeof(Elf64_Shdr);

	if (!ehdr->e_shoff || !ehdr->e_shnum)
		return BAD(linker, "is an object without sections (offset 0x28)");
	if (ehdr->e_shentsize != sizeof(Elf64_Shdr))
		return BAD(linker, "section headers of %u bytes (offset 0x3a), not %zu",
		           ehdr->e_shentsize, sizeof(Elf64_Shdr));
	if (!in_file(linker, ehdr->e_shoff, size))
		return BAD(linker,
		           "truncated: %u section headers at offset 0x%" PRIx64
		           " do not fit in 0x%zx bytes",
		           ehdr->e_shnum, ehdr->e_shoff, linker->loaded->size);
	linker->section = malloc(size);
	linker->at = calloc(ehdr->e_shnum, sizeof *linker->at);
	if (!linker->section || !linker->at)
		return HVC_E_NOMEM;
	copy(linker, linker->section, ehdr->e_shoff, size);
	for (unsigned i = 0; i < ehdr->e_shnum; i++) {
		const Elf64_Shdr *section = &linker->section[i];

		if (section->sh_type != SHT_NOBITS && section->sh_type != SHT_NULL &&
		    !in_file(linker, section->sh_offset, section->sh_size))
			return BAD(linker,
			           "truncated: section %u wants 0x%" PRIx64
			           " bytes at offset 0x%" PRIx64 " of 0x%zx",
			           i, section->sh_size, section->sh_offset, linker->loaded->size);
	}
	return HVC_OK;
}

/* Room for so many bytes behind what is laid out. */
static enum hvc_status place(struct linker *linker, const char *what, uint64_t number,
                             uint64_t size, uint64_t alignment, uint64_t *at)
{
	uint64_t address;

	if (!alignment)
		alignment = 1;
	if (alignment & (alignment - 1) || alignment > ALIGN_MAX)
		return BAD(linker, "%s %" PRIu64 " is aligned to 0x%" PRIx64, what, number,
		           alignment);
	address = (linker->end + alignment - 1) & ~(alignment - 1);
	if (address - HVC_IMAGE_BASE > HVC_IMAGE_MAX ||
	    size > HVC_IMAGE_MAX - (address - HVC_IMAGE_BASE))
		return BAD(linker, "%s up to %" PRIu64 " need more than %" PRIu64 " MiB of memory",
		           what, number, HVC_IMAGE_MAX >> 20);
	linker->end = address + size;
	*at = address;
	return HVC_OK;
}

static enum hvc_status place_sections(struct linker *linker)
{
	for (unsigned i = 1; i < linker->ehdr.e_shnum; i++) {
		const Elf64_Shdr *section = &linker->section[i];

		if (!(section->sh_flags & SHF_ALLOC) || section->sh_type == SHT_NULL)
			continue;
		HVC_TRY(place(linker, "section", i, section->sh_size, section->sh_addralign,
		              &linker->at[i]));
		if (hvc_elf__is_data(section->sh_flags) &&
		    !hvc_image__add_data(linker->loaded, linker->at[i], section->sh_size))
			return HVC_E_NOMEM;
	}
	if (linker->end == HVC_IMAGE_BASE)
		return BAD(linker, "is an object without code or data");
	return HVC_OK;
}

/* The name of a symbol; "" when it has none, NULL when it is not inside the file. */
static const char *name_of(const struct linker *linker, const Elf64_Sym *symbol)
{
	const Elf64_Shdr *strings = &linker->section[linker->strings];

	if (symbol->st_name >= linker->ended)
		return NULL;
	return (const char *)linker->loaded->bytes + strings->sh_offset + symbol->st_name;
}

static enum hvc_status read_symbols(struct linker *linker)
{
	const Elf64_Shdr *table = NULL;

	for (unsigned i = 1; i < linker->ehdr.e_shnum && !table; i++)
		if (linker->section[i].sh_type == SHT_SYMTAB)
			table = &linker->section[i];
	if (!table)
		return HVC_OK;
	linker->symbols = table->sh_size / sizeof(Elf64_Sym);
	linker->strings = table->sh_link;
	if (table->sh_entsize != sizeof(Elf64_Sym) || linker->symbols > HVC_LIMIT_SYMBOLS)
		return BAD(linker, "symbol table at offset 0x%" PRIx64 " is malformed",
		           table->sh_offset);
	if (linker->strings >= linker->ehdr.e_shnum ||
	    linker->section[linker->strings].sh_type != SHT_STRTAB)
		return BAD(linker, "symbol table at offset 0x%" PRIx64 " has no string table",
		           table->sh_offset);
	linker->ended = hvc_little__ended((const char *)linker->loaded->bytes +
	                                          linker->section[linker->strings].sh_offset,
	                                  linker->section[linker->strings].sh_size);
	linker->symbol = malloc(linker->symbols * sizeof *linker->symbol + 1);
	linker->value = calloc(linker->symbols + 1, sizeof *linker->value);
	linker->slot = calloc(linker->symbols + 1, sizeof *linker->slot);
	if (!linker->symbol || !linker->value || !linker->slot)
		return HVC_E_NOMEM;
	copy(linker, linker->symbol, table->sh_offset, linker->symbols * sizeof *linker->symbol);
	return HVC_OK;
}

/* Addresses of symbols; commons get room. Those that are undefined wait until the end is known. */
static enum hvc_status place_symbols(struct linker *linker)
{
	for (size_t i = 1; i < linker->symbols; i++) {
		const Elf64_Sym *symbol = &linker->symbol[i];

		if (symbol->st_shndx == SHN_ABS)
			linker->value[i] = symbol->st_value;
		else if (symbol->st_shndx == SHN_COMMON)
			HVC_TRY(place(linker, "symbol", i, symbol->st_size, symbol->st_value,
			              &linker->value[i]));
		else if (symbol->st_shndx < linker->ehdr.e_shnum && symbol->st_shndx != SHN_UNDEF)
			linker->value[i] = linker->at[symbol->st_shndx] + symbol->st_value;
		else if (symbol->st_shndx != SHN_UNDEF)
			return BAD(linker, "symbol %zu is in section %u of %u", i, symbol->st_shndx,
			           linker->ehdr.e_shnum);
	}
	return HVC_OK;
}

static bool is_undefined(const Elf64_Sym *symbol)
{
	return symbol->st_shndx == SHN_UNDEF && ELF64_ST_BIND(symbol->st_info) != STB_WEAK;
}

/* Undefined symbols are where nothing is mapped, each with an address of its own. */
static enum hvc_status place_traps(struct linker *linker)
{
	struct hvc_loaded *loaded = linker->loaded;
	uint64_t trap = (linker->end + 2 * TRAP_GAP - 1) & ~(uint64_t)(TRAP_GAP - 1);

	loaded->undefined = calloc(linker->symbols + 1, sizeof *loaded->undefined);
	if (!loaded->undefined)
		return HVC_E_NOMEM;
	for (size_t i = 1; i < linker->symbols; i++) {
		const char *name = name_of(linker, &linker->symbol[i]);
		struct hvc_symbol symbol = {.name = name, .address = trap, .size = TRAP_SIZE};

		if (!is_undefined(&linker->symbol[i]) || linker->value[i] || !name || !name[0])
			continue;
		linker->value[i] = trap;
		trap += TRAP_SIZE;
		loaded->undefined[loaded->undefineds++] = name;
		HVC_TRY(hvc_symbols__add(&loaded->symbols, &symbol));
	}
	return HVC_OK;
}

/* Zero until boot. */
static enum hvc_status add_unset(struct linker *linker, uint64_t address, uint64_t size)
{
	const struct hvc_unset unset = {.address = address, .size = size};

	return size ? hvc_image__add_unset(linker->loaded, &unset) : HVC_OK;
}

/* The first slot is the table's own. */
static uint64_t slot_of(const struct linker *linker, uint64_t symbol)
{
	return linker->slot[symbol] ? linker->table + 8 * (uint64_t)linker->slot[symbol] : 0;
}

/* Copy what the sections hold into one piece of memory, the image's only segment. */
static enum hvc_status fill(struct linker *linker)
{
	struct hvc_loaded *loaded = linker->loaded;
	const uint64_t size = linker->end - HVC_IMAGE_BASE;

	linker->memory = calloc(1, (size_t)size + 1);
	loaded->linked = linker->memory;
	loaded->segment = calloc(1, sizeof *loaded->segment);
	loaded->piece = calloc(linker->ehdr.e_shnum, sizeof *loaded->piece);
	if (!linker->memory || !loaded->segment || !loaded->piece)
		return HVC_E_NOMEM;
	*loaded->segment = (struct hvc_segment){
	        .address = HVC_IMAGE_BASE,
	        .size = size,
	        .data = linker->memory,
	        .data_size = size,
	};
	loaded->segments = 1;
	for (unsigned i = 1; i < linker->ehdr.e_shnum; i++) {
		const Elf64_Shdr *section = &linker->section[i];

		if (linker->at[i] && section->sh_type == SHT_NOBITS)
			HVC_TRY(add_unset(linker, linker->at[i], section->sh_size));
		if (!linker->at[i] || section->sh_type == SHT_NOBITS)
			continue;
		copy(linker, linker->memory + (linker->at[i] - HVC_IMAGE_BASE), section->sh_offset,
		     (size_t)section->sh_size);
		loaded->piece[loaded->pieces++] = (struct hvc_piece){
		        .offset = section->sh_offset,
		        .size = section->sh_size,
		        .address = linker->at[i],
		};
	}
	for (size_t i = 1; i < linker->symbols; i++)
		if (linker->symbol[i].st_shndx == SHN_COMMON)
			HVC_TRY(add_unset(linker, linker->value[i], linker->symbol[i].st_size));
	for (size_t i = 1; linker->table && i < linker->symbols; i++)
		if (linker->slot[i])
			hvc_little__put64(linker->memory + (slot_of(linker, i) - HVC_IMAGE_BASE),
			                  linker->value[i]);
	return HVC_OK;
}

/* Apply relocation `number` of a section of them, which stands at this offset of the file. */
static enum hvc_status apply(struct linker *linker, unsigned target, const Elf64_Rela *rela,
                             uint64_t offset)
{
	const uint64_t index = ELF64_R_SYM(rela->r_info), size = linker->section[target].sh_size;
	const uint32_t type = ELF64_R_TYPE(rela->r_info);
	const unsigned width = hvc_relocation__size(type);
	struct hvc_relocation relocation = {
	        .type = type,
	        .place = linker->at[target] + rela->r_offset,
	        .addend = (uint64_t)rela->r_addend,
	        .table = linker->table,
	};

	if (type == R_AARCH64_NONE || type == 256)
		return HVC_OK;
	if (index >= linker->symbols && index)
		return BAD(linker, "relocation at offset 0x%" PRIx64 ": no symbol %" PRIu64, offset,
		           index);
	if (width && (rela->r_offset > size || size - rela->r_offset < width))
		return BAD(linker,
		           "relocation at offset 0x%" PRIx64 ": place 0x%" PRIx64
		           " is outside section %u",
		           offset, rela->r_offset, target);
	if (index) {
		const Elf64_Sym *symbol = &linker->symbol[index];

		relocation.symbol = linker->value[index];
		relocation.slot = slot_of(linker, index);
		relocation.weak = symbol->st_shndx == SHN_UNDEF && !is_undefined(symbol);
	}
	switch (width ? hvc_relocation__apply(&relocation,
	                                      linker->memory + (relocation.place - HVC_IMAGE_BASE))
	              : HVC_RELOCATED_UNKNOWN) {
	case HVC_RELOCATED:
		break;
	case HVC_RELOCATED_UNKNOWN:
		return hvc_diag_set(linker->diag, HVC_E_UNSUPPORTED, linker->loaded->name, 0, 0,
		                    "relocation at offset 0x%" PRIx64 ": type %u is not supported",
		                    offset, type);
	case HVC_RELOCATED_FAR:
		return BAD(linker,
		           "relocation at offset 0x%" PRIx64 ": type %u cannot reach 0x%" PRIx64
		           " from 0x%" PRIx64,
		           offset, type, relocation.symbol + relocation.addend, relocation.place);
	}
	return HVC_OK;
}

/* A relocation without an addend has it at its place. */
static void read_addend(const struct linker *linker, unsigned target, Elf64_Rela *rela)
{
	const Elf64_Shdr *section = &linker->section[target];
	const uint32_t type = ELF64_R_TYPE(rela->r_info);
	const unsigned width = hvc_relocation__size(type);

	rela->r_addend = 0;
	if (width && rela->r_offset <= section->sh_size &&
	    section->sh_size - rela->r_offset >= width)
		rela->r_addend = (Elf64_Sxword)hvc_relocation__addend(
		        type, linker->loaded->bytes + section->sh_offset + rela->r_offset);
}

/* Call visit for each relocation of what is laid out. */
static enum hvc_status
each_relocation(struct linker *linker,
                enum hvc_status (*visit)(struct linker *linker, unsigned target,
                                         const Elf64_Rela *rela, uint64_t offset))
{
	uint64_t count = 0;

	for (unsigned i = 1; i < linker->ehdr.e_shnum; i++) {
		const Elf64_Shdr *section = &linker->section[i];
		const bool rel = section->sh_type == SHT_REL;
		const size_t entry = rel ? sizeof(Elf64_Rel) : sizeof(Elf64_Rela);

		if ((section->sh_type != SHT_RELA && !rel) ||
		    section->sh_info >= linker->ehdr.e_shnum || !linker->at[section->sh_info])
			continue;
		if (section->sh_entsize != entry ||
		    linker->section[section->sh_info].sh_type == SHT_NOBITS)
			return BAD(linker, "section %u holds relocations of an unknown form", i);
		count += section->sh_size / entry;
		if (count > HVC_LIMIT_RELOCATIONS)
			return BAD(linker, "has more than %u relocations", HVC_LIMIT_RELOCATIONS);
		for (uint64_t n = 0; n < section->sh_size / entry; n++) {
			const uint64_t offset = section->sh_offset + n * entry;
			Elf64_Rela rela = {0};

			copy(linker, &rela, offset, entry);
			if (rel)
				read_addend(linker, section->sh_info, &rela);
			HVC_TRY(visit(linker, section->sh_info, &rela, offset));
		}
	}
	return HVC_OK;
}

static bool is_table(const struct linker *linker, size_t index)
{
	const char *name = name_of(linker, &linker->symbol[index]);

	return linker->symbol[index].st_shndx == SHN_UNDEF && name && !strcmp(name, TABLE_NAME);
}

static enum hvc_status want_slots(struct linker *linker, unsigned target, const Elf64_Rela *rela,
                                  uint64_t offset)
{
	const uint64_t index = ELF64_R_SYM(rela->r_info);

	(void)target;
	(void)offset;
	if (index && index < linker->symbols && !linker->slot[index] &&
	    hvc_relocation__wants_slot(ELF64_R_TYPE(rela->r_info)))
		linker->slot[index] = ++linker->slots;
	return HVC_OK;
}

/* The table, where a relocation or the symbol that stands for it asks for one. */
static enum hvc_status place_table(struct linker *linker)
{
	bool wanted;

	HVC_TRY(each_relocation(linker, want_slots));
	wanted = linker->slots != 0;
	for (size_t i = 1; i < linker->symbols; i++)
		wanted |= is_table(linker, i);
	if (!wanted)
		return HVC_OK;
	HVC_TRY(place(linker, "symbol", linker->symbols, 8 * (1 + (uint64_t)linker->slots), 0x1000,
	              &linker->table));
	for (size_t i = 1; i < linker->symbols; i++)
		if (is_table(linker, i))
			linker->value[i] = linker->table;
	return HVC_OK;
}

static enum hvc_status add_symbols(struct linker *linker)
{
	for (size_t i = 1; i < linker->symbols; i++) {
		const Elf64_Sym *symbol = &linker->symbol[i];

		if (symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS)
			HVC_TRY(hvc_image__add_symbol(linker->loaded, name_of(linker, symbol),
			                              linker->value[i], symbol->st_size,
			                              symbol->st_info));
	}
	return HVC_OK;
}

static enum hvc_status link_object(struct linker *linker)
{
	copy(linker, &linker->ehdr, 0, sizeof linker->ehdr);
	HVC_TRY(read_sections(linker));
	HVC_TRY(place_sections(linker));
	HVC_TRY(read_symbols(linker));
	HVC_TRY(place_symbols(linker));
	HVC_TRY(place_table(linker));
	HVC_TRY(place_traps(linker));
	HVC_TRY(fill(linker));
	HVC_TRY(each_relocation(linker, apply));
	return add_symbols(linker);
}

enum hvc_status hvc_object__load(struct hvc_loaded *loaded, struct hvc_diag *diag)
{
	struct linker linker = {.loaded = loaded, .diag = diag, .end = HVC_IMAGE_BASE};
	enum hvc_status status = link_object(&linker);

	free(linker.section);
	free(linker.at);
	free(linker.symbol);
	free(linker.value);
	free(linker.slot);
	return status;
}
