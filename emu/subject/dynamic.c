/* SPDX-License-Identifier: MIT */
/* Sources: System V gABI, chapter 5, for the dynamic section; AAELF64 5.7.9 to 5.7.14 for types. */
#include "subject/elf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/limit.h"
#include "subject/little.h"

#define SHAPE_MIN 3u /* entries in a row that are no accident */

/* A table of relocations, by addresses; no symbols: 0. */
struct table {
	uint64_t address, size, symbols;
	bool addends;
};

struct dynamic {
	struct hvc_loaded *loaded;
	struct table table[HVC_LIMIT_SEGMENTS];
	unsigned tables;
	uint64_t count; /* relocations looked at */
};

/* Bytes of the image in the file, NULL: they are not all there. */
static uint8_t *at(const struct hvc_loaded *loaded, uint64_t address, uint64_t size)
{
	int i = hvc_image__segment(loaded, address, size);
	const struct hvc_segment *segment = i < 0 ? NULL : &loaded->segment[i];

	if (!segment || address - segment->address > segment->data_size ||
	    size > segment->data_size - (address - segment->address))
		return NULL;
	/* They are the file's until hvc_image__own has made a copy. */
	return (uint8_t *)(uintptr_t)segment->data + (address - segment->address);
}

static void add_table(struct dynamic *d, const struct table *table)
{
	if (table->address && table->size && d->tables < HVC_LIMIT_SEGMENTS)
		d->table[d->tables++] = *table;
}

/* The tables that a dynamic section names; false: there is no such section. */
static bool read_dynamic(struct dynamic *d, const Elf64_Ehdr *ehdr)
{
	uint64_t value[DT_NUM] = {0};
	Elf64_Phdr phdr;
	Elf64_Dyn entry;

	memset(&phdr, 0, sizeof phdr);
	for (unsigned i = 0; i < ehdr->e_phnum && phdr.p_type != PT_DYNAMIC; i++)
		memcpy(&phdr, d->loaded->bytes + ehdr->e_phoff + i * sizeof phdr, sizeof phdr);
	if (phdr.p_type != PT_DYNAMIC || phdr.p_filesz < sizeof entry)
		return false;
	for (uint64_t i = 0; i < phdr.p_filesz / sizeof entry; i++) {
		const uint8_t *bytes = at(d->loaded, phdr.p_vaddr + i * sizeof entry, sizeof entry);

		if (!bytes)
			break;
		memcpy(&entry, bytes, sizeof entry);
		if (entry.d_tag == DT_NULL)
			break;
		if (entry.d_tag > 0 && entry.d_tag < DT_NUM)
			value[entry.d_tag] = entry.d_un.d_val;
	}
	add_table(d, &(struct table){value[DT_RELA], value[DT_RELASZ], value[DT_SYMTAB], true});
	add_table(d, &(struct table){value[DT_REL], value[DT_RELSZ], value[DT_SYMTAB], false});
	add_table(d, &(struct table){value[DT_JMPREL], value[DT_PLTRELSZ], value[DT_SYMTAB],
	                             value[DT_PLTREL] == DT_RELA});
	return true;
}

/* Those in sections that are loaded. A file cut off behind its segments has none. */
static bool read_sections(struct dynamic *d, const Elf64_Ehdr *ehdr)
{
	const uint64_t size = d->loaded->size;
	Elf64_Shdr section, linked;

	if (!ehdr->e_shoff || ehdr->e_shentsize != sizeof section || ehdr->e_shoff > size ||
	    ehdr->e_shnum > (size - ehdr->e_shoff) / sizeof section)
		return false;
	for (unsigned i = 1; i < ehdr->e_shnum; i++) {
		const uint8_t *first = d->loaded->bytes + ehdr->e_shoff;

		memcpy(&section, first + i * sizeof section, sizeof section);
		if (!(section.sh_flags & SHF_ALLOC) ||
		    (section.sh_type != SHT_RELA && section.sh_type != SHT_REL))
			continue;
		memset(&linked, 0, sizeof linked);
		if (section.sh_link && section.sh_link < ehdr->e_shnum)
			memcpy(&linked, first + section.sh_link * sizeof linked, sizeof linked);
		add_table(d, &(struct table){section.sh_addr, section.sh_size, linked.sh_addr,
		                             section.sh_type == SHT_RELA});
	}
	return d->tables > 0;
}

static bool is_relative(const struct hvc_loaded *loaded, const uint8_t *entry)
{
	return hvc_little__64(entry + 8) == R_AARCH64_RELATIVE && !(hvc_little__64(entry) & 7) &&
	       at(loaded, hvc_little__64(entry), 8) &&
	       hvc_image__segment(loaded, hvc_little__64(entry + 16), 1) >= 0;
}

static void read_shapes(struct dynamic *d)
{
	for (unsigned i = 0; i < d->loaded->segments; i++) {
		const struct hvc_segment *segment = &d->loaded->segment[i];
		uint64_t offset = (0 - segment->address) & 7, run = 0;

		for (; offset + sizeof(Elf64_Rela) <= segment->data_size; offset += 8) {
			for (run = 0;
			     offset + (run + 1) * sizeof(Elf64_Rela) <= segment->data_size &&
			     is_relative(d->loaded,
			                 segment->data + offset + run * sizeof(Elf64_Rela));)
				run++;
			if (run < SHAPE_MIN)
				continue;
			add_table(d, &(struct table){segment->address + offset,
			                             run * sizeof(Elf64_Rela), 0, true});
			offset += run * sizeof(Elf64_Rela) - 8;
		}
	}
}

/* S of a relocation; false: it is not known. A weak one that is undefined is 0. */
static bool symbol_value(const struct hvc_loaded *loaded, const struct table *table, uint64_t index,
                         uint64_t *value)
{
	const uint8_t *bytes = NULL;
	Elf64_Sym symbol;

	*value = 0;
	if (!index)
		return true;
	if (table->symbols)
		bytes = at(loaded, table->symbols + index * sizeof symbol, sizeof symbol);
	if (!bytes)
		return false;
	memcpy(&symbol, bytes, sizeof symbol);
	*value = symbol.st_value;
	return symbol.st_shndx != SHN_UNDEF || ELF64_ST_BIND(symbol.st_info) == STB_WEAK;
}

static enum hvc_status apply(struct dynamic *d, const struct table *table, const Elf64_Rela *rela)
{
	uint8_t *place = at(d->loaded, rela->r_offset, 8);
	uint64_t symbol = 0, addend = (uint64_t)rela->r_addend;
	bool known = place != NULL;

	if (place && !table->addends)
		addend = hvc_little__64(place);
	switch (ELF64_R_TYPE(rela->r_info)) {
	case R_AARCH64_NONE:
		return HVC_OK;
	case R_AARCH64_RELATIVE:
		break;
	case R_AARCH64_GLOB_DAT:
	case R_AARCH64_JUMP_SLOT:
		addend = table->addends ? addend : 0;
		/* fall through */
	case R_AARCH64_ABS64:
		known &= symbol_value(d->loaded, table, ELF64_R_SYM(rela->r_info), &symbol);
		break;
	default:
		known = false;
		break;
	}
	if (known) {
		hvc_little__put64(place, symbol + addend);
		return HVC_OK;
	}
	return hvc_image__add_unset(d->loaded, &(struct hvc_unset){
	                                               .address = rela->r_offset,
	                                               .size = 8,
	                                               .type = ELF64_R_TYPE(rela->r_info),
	                                       });
}

static enum hvc_status apply_table(struct dynamic *d, const struct table *table)
{
	const uint64_t entry = table->addends ? sizeof(Elf64_Rela) : sizeof(Elf64_Rel);

	for (uint64_t i = 0; i < table->size / entry; i++) {
		const uint8_t *bytes = at(d->loaded, table->address + i * entry, entry);
		Elf64_Rela rela = {0};

		if (!bytes)
			break;
		if (++d->count > HVC_LIMIT_RELOCATIONS)
			return HVC_E_RANGE;
		memcpy(&rela, bytes, entry);
		HVC_TRY(apply(d, table, &rela));
	}
	return HVC_OK;
}

enum hvc_status hvc_dynamic__apply(struct hvc_loaded *loaded)
{
	struct dynamic *d = calloc(1, sizeof *d);
	enum hvc_status status = d ? HVC_OK : HVC_E_NOMEM;
	Elf64_Ehdr ehdr;

	if (!d)
		return status;
	d->loaded = loaded;
	memcpy(&ehdr, loaded->bytes, sizeof ehdr);
	if (!read_dynamic(d, &ehdr) && !read_sections(d, &ehdr))
		read_shapes(d);
	if (d->tables)
		status = hvc_image__own(loaded);
	for (unsigned i = 0; i < d->tables && status == HVC_OK; i++)
		status = apply_table(d, &d->table[i]);
	free(d);
	return status;
}
