/* SPDX-License-Identifier: MIT */
/*
 * Sources: System V gABI, chapter 5, for the dynamic section; AAELF64 5.7.9 to 5.7.14 for types;
 * Android's packed form as bionic reads it (linker/linker_reloc_iterators.h) and LLD writes it.
 */
#include "subject/elf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/limit.h"
#include "subject/little.h"

#define SHAPE_MIN 3u /* entries in a row that are no accident */

/* What elf.h has no names for, of the packed form. */
#define TAG_PACKED_REL   INT64_C(0x6000000f)
#define TAG_PACKED_RELA  INT64_C(0x60000011) /* each size in the tag behind it */
#define TYPE_PACKED_REL  0x60000001u
#define TYPE_PACKED_RELA 0x60000002u

/* A table of relocations, by addresses; no symbols: 0. */
struct table {
	uint64_t address, size, symbols;
	bool addends, packed;
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
	uint64_t value[DT_NUM] = {0}, packed[2][2] = {{0}}; /* REL and RELA: address and size */
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
		else if (entry.d_tag >= TAG_PACKED_REL && entry.d_tag <= TAG_PACKED_RELA + 1)
			packed[entry.d_tag >= TAG_PACKED_RELA][!(entry.d_tag & 1)] =
			        entry.d_un.d_val;
	}
	for (unsigned i = 0; i < 2; i++)
		add_table(d, &(struct table){packed[i][0], packed[i][1], value[DT_SYMTAB], i == 1,
		                             true});
	add_table(d,
	          &(struct table){value[DT_RELA], value[DT_RELASZ], value[DT_SYMTAB], true, false});
	add_table(d,
	          &(struct table){value[DT_REL], value[DT_RELSZ], value[DT_SYMTAB], false, false});
	add_table(d, &(struct table){value[DT_JMPREL], value[DT_PLTRELSZ], value[DT_SYMTAB],
	                             value[DT_PLTREL] == DT_RELA, false});
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
		    (section.sh_type != SHT_RELA && section.sh_type != SHT_REL &&
		     section.sh_type != TYPE_PACKED_RELA && section.sh_type != TYPE_PACKED_REL))
			continue;
		memset(&linked, 0, sizeof linked);
		if (section.sh_link && section.sh_link < ehdr->e_shnum)
			memcpy(&linked, first + section.sh_link * sizeof linked, sizeof linked);
		add_table(d, &(struct table){section.sh_addr, section.sh_size, linked.sh_addr,
		                             section.sh_type == SHT_RELA ||
		                                     section.sh_type == TYPE_PACKED_RELA,
		                             section.sh_type == TYPE_PACKED_RELA ||
		                                     section.sh_type == TYPE_PACKED_REL});
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
			                             run * sizeof(Elf64_Rela), 0, true, false});
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

/* Numbers of the packed form. */
struct packed {
	const uint8_t *at, *end;
	bool cut; /* there was none any more */
};

/* SLEB128 */
static uint64_t number(struct packed *p)
{
	uint64_t value = 0;

	for (unsigned shift = 0; p->at < p->end && shift < 64; shift += 7) {
		const uint8_t byte = *p->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		return byte & 0x40 && shift + 7 < 64 ? value | UINT64_MAX << (shift + 7) : value;
	}
	p->cut = true;
	return 0;
}

enum { SAME_INFO = 1, SAME_STEP = 2, SAME_ADDEND = 4, HAS_ADDEND = 8 };

/* A group: how many, what they have in common, and then what each has of its own. */
static enum hvc_status apply_group(struct dynamic *d, const struct table *table, struct packed *p,
                                   uint64_t *left, Elf64_Rela *rela)
{
	const uint64_t count = number(p), flags = number(p);
	const uint64_t step = flags & SAME_STEP ? number(p) : 0;
	uint64_t addend = (uint64_t)rela->r_addend;

	if (flags & SAME_INFO)
		rela->r_info = number(p);
	if (!(flags & HAS_ADDEND))
		addend = 0;
	else if (flags & SAME_ADDEND)
		addend += number(p);
	p->cut |= !count || count > *left;
	for (uint64_t i = 0; i < count && !p->cut; i++, --*left) {
		rela->r_offset += flags & SAME_STEP ? step : number(p);
		if (!(flags & SAME_INFO))
			rela->r_info = number(p);
		if ((flags & HAS_ADDEND) && !(flags & SAME_ADDEND))
			addend += number(p);
		rela->r_addend = (int64_t)addend;
		if (++d->count > HVC_LIMIT_RELOCATIONS)
			return HVC_E_RANGE;
		if (!p->cut)
			HVC_TRY(apply(d, table, rela));
	}
	rela->r_addend = (int64_t)addend;
	return HVC_OK;
}

/* What is left of a table that is cut off is told by its own address. */
static enum hvc_status apply_packed(struct dynamic *d, const struct table *table)
{
	static const uint8_t magic[] = {'A', 'P', 'S', '2'};
	const uint8_t *bytes = at(d->loaded, table->address, table->size);
	struct packed p = {.cut = true};
	Elf64_Rela rela = {0};
	uint64_t left = 0;

	if (bytes && table->size > sizeof magic && !memcmp(bytes, magic, sizeof magic)) {
		p = (struct packed){bytes + sizeof magic, bytes + table->size, false};
		left = number(&p);
		rela.r_offset = number(&p);
	}
	while (left && !p.cut)
		HVC_TRY(apply_group(d, table, &p, &left, &rela));
	return p.cut ? hvc_image__add_unset(
	                       d->loaded, &(struct hvc_unset){.address = table->address, .size = 8})
	             : HVC_OK;
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
		status = d->table[i].packed ? apply_packed(d, &d->table[i])
		                            : apply_table(d, &d->table[i]);
	free(d);
	return status;
}
