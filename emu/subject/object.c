/* SPDX-License-Identifier: MIT */
#include "subject/object.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/limit.h"
#include "subject/elf.h"
#include "subject/little.h"
#include "subject/relocation.h"

#define ALIGN_MAX UINT64_C(0x200000)
#define TRAP_SIZE 16u /* of an undefined symbol */
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
	uint64_t slots;   /* address of a global offset table, one slot a symbol; 0: none */
	uint8_t *memory;  /* what is laid out, from HVC_IMAGE_BASE on */
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
	if (!linker->symbol || !linker->value)
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

		if (!is_undefined(&linker->symbol[i]) || !name || !name[0])
			continue;
		linker->value[i] = trap;
		trap += TRAP_SIZE;
		loaded->undefined[loaded->undefineds++] = name;
		HVC_TRY(hvc_symbols__add(&loaded->symbols, &symbol));
	}
	return HVC_OK;
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
	for (size_t i = 1; linker->slots && i < linker->symbols; i++)
		hvc_little__put64(linker->memory + (linker->slots - HVC_IMAGE_BASE) + 8 * i,
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
		relocation.slot = linker->slots + 8 * index;
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

/* Call visit for each relocation of what is laid out. */
static enum hvc_status
each_relocation(struct linker *linker,
                enum hvc_status (*visit)(struct linker *linker, unsigned target,
                                         const Elf64_Rela *rela, uint64_t offset))
{
	uint64_t count = 0;

	for (unsigned i = 1; i < linker->ehdr.e_shnum; i++) {
		const Elf64_Shdr *section = &linker->section[i];

		if ((section->sh_type != SHT_RELA && section->sh_type != SHT_REL) ||
		    section->sh_info >= linker->ehdr.e_shnum || !linker->at[section->sh_info])
			continue;
		if (section->sh_type == SHT_REL || section->sh_entsize != sizeof(Elf64_Rela) ||
		    linker->section[section->sh_info].sh_type == SHT_NOBITS)
			return BAD(linker, "section %u holds relocations of an unknown form", i);
		count += section->sh_size / sizeof(Elf64_Rela);
		if (count > HVC_LIMIT_RELOCATIONS)
			return BAD(linker, "has more than %u relocations", HVC_LIMIT_RELOCATIONS);
		for (uint64_t n = 0; n < section->sh_size / sizeof(Elf64_Rela); n++) {
			const uint64_t offset = section->sh_offset + n * sizeof(Elf64_Rela);
			Elf64_Rela rela;

			copy(linker, &rela, offset, sizeof rela);
			HVC_TRY(visit(linker, section->sh_info, &rela, offset));
		}
	}
	return HVC_OK;
}

static enum hvc_status want_slots(struct linker *linker, unsigned target, const Elf64_Rela *rela,
                                  uint64_t offset)
{
	(void)target;
	(void)offset;
	if (linker->slots || !hvc_relocation__wants_slot(ELF64_R_TYPE(rela->r_info)))
		return HVC_OK;
	return place(linker, "symbol", linker->symbols, 8 * linker->symbols, 8, &linker->slots);
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
	HVC_TRY(each_relocation(linker, want_slots));
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
	return status;
}
