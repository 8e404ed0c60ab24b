/* SPDX-License-Identifier: MIT */
#include "subject/elf.h"

#include <gelf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/limit.h"
#include "hvcheck/world.h"
#include "subject/little.h"

/* What differs between the classes: of 64 bits for AArch64, of 32 bits for AArch32. */
struct width {
	unsigned class_, machine;
	const char *name;               /* of the machine */
	unsigned ehdr, phdr, shdr, sym; /* bytes */
};

static const struct width widths[] = {
        {ELFCLASS64, EM_AARCH64, "AArch64", 64, 56, 64, 24},
        {ELFCLASS32, EM_ARM, "32-bit Arm", 52, 32, 40, 16},
};

/* One PT_LOAD segment, with the address that the file gives it. */
struct load {
	uint64_t address, size, offset, data_size;
	bool data;      /* writable, and no code */
	unsigned index; /* of its program header */
};

/* A file being read. */
struct reader {
	struct hvc_loaded *loaded;
	struct hvc_diag *diag;
	const struct width *width;
	Elf *elf;
	GElf_Ehdr ehdr;
	struct load load[HVC_ELF_SEGMENTS_MAX];
	unsigned loads;
	uint64_t symbols; /* looked at; tables may lie over one another */
};

bool hvc_elf__is(const uint8_t *bytes, size_t size)
{
	return size >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG);
}

static HVC_PRINTF(2, 3) enum hvc_status bad(const struct reader *reader, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return hvc_diag_set(reader->diag, HVC_E_FORMAT, reader->loaded->name, 0, 0, "%s", text);
}

static bool in_file(const struct reader *reader, uint64_t offset, uint64_t size)
{
	return offset <= reader->loaded->size && size <= reader->loaded->size - offset;
}

bool hvc_elf__is_data(uint64_t flags)
{
	return (flags & (SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR)) == (SHF_ALLOC | SHF_WRITE);
}

/* What libelf must not be asked about before it is known. */
static enum hvc_status check_ident(struct reader *reader)
{
	const uint8_t *ident = reader->loaded->bytes;
	const size_t size = reader->loaded->size;

	reader->width = &widths[size > EI_CLASS && ident[EI_CLASS] == ELFCLASS32];
	if (size < reader->width->ehdr)
		return bad(reader, "ELF header is truncated at offset 0x%zx of 0x%x", size,
		           reader->width->ehdr);
	if (ident[EI_CLASS] != reader->width->class_)
		return bad(reader, "is neither ELF64 nor ELF32: class %u at offset 0x%x",
		           ident[EI_CLASS], EI_CLASS);
	if (ident[EI_DATA] != ELFDATA2LSB)
		return bad(reader, "is not little-endian ELF: data encoding %u at offset 0x%x",
		           ident[EI_DATA], EI_DATA);
	if (ident[EI_VERSION] != EV_CURRENT)
		return bad(reader, "ELF version %u at offset 0x%x is not 1", ident[EI_VERSION],
		           EI_VERSION);
	return HVC_OK;
}

static enum hvc_status check_header(const struct reader *reader)
{
	const struct width *width = reader->width;
	const GElf_Ehdr *ehdr = &reader->ehdr;

	if (ehdr->e_machine != width->machine)
		return bad(reader, "is not for %s: machine %u at offset 0x12", width->name,
		           ehdr->e_machine);
	reader->loaded->aarch32 = width->machine == EM_ARM;
	if (ehdr->e_type == ET_REL && reader->loaded->aarch32)
		return bad(reader, "is a relocatable object of 32 bits: link it first");
	if (ehdr->e_type == ET_REL)
		return HVC_OK;
	if (ehdr->e_type != ET_EXEC && ehdr->e_type != ET_DYN)
		return bad(reader, "is neither an executable nor an object: type %u at offset 0x10",
		           ehdr->e_type);
	if (!ehdr->e_phoff || !ehdr->e_phnum)
		return bad(reader, "has no program headers (offset 0x20)");
	if (ehdr->e_phnum >= PN_XNUM)
		return bad(reader, "has 65535 or more program headers (offset 0x38)");
	if (ehdr->e_phentsize != width->phdr)
		return bad(reader, "program headers of %u bytes (offset 0x36), not %u",
		           ehdr->e_phentsize, width->phdr);
	if (!in_file(reader, ehdr->e_phoff, (uint64_t)ehdr->e_phnum * width->phdr))
		return bad(reader,
		           "truncated: %u program headers at offset 0x%" PRIx64
		           " do not fit in 0x%zx bytes",
		           ehdr->e_phnum, ehdr->e_phoff, reader->loaded->size);
	if (!ehdr->e_shoff)
		return HVC_OK;
	if (ehdr->e_shentsize != width->shdr)
		return bad(reader, "section headers of %u bytes (offset 0x3a), not %u",
		           ehdr->e_shentsize, width->shdr);
	if (!in_file(reader, ehdr->e_shoff, (uint64_t)ehdr->e_shnum * width->shdr))
		return bad(reader,
		           "truncated: %u section headers at offset 0x%" PRIx64
		           " do not fit in 0x%zx bytes",
		           ehdr->e_shnum, ehdr->e_shoff, reader->loaded->size);
	return HVC_OK;
}

static enum hvc_status check_segment(const struct reader *reader, unsigned i, const GElf_Phdr *phdr)
{
	uint64_t at = reader->ehdr.e_phoff + (uint64_t)i * reader->width->phdr;

	if (phdr->p_filesz > phdr->p_memsz)
		return bad(reader,
		           "program header %u at offset 0x%" PRIx64 ": p_filesz 0x%" PRIx64
		           " exceeds p_memsz 0x%" PRIx64,
		           i, at, phdr->p_filesz, phdr->p_memsz);
	if (!in_file(reader, phdr->p_offset, phdr->p_filesz))
		return bad(reader,
		           "truncated: program header %u at offset 0x%" PRIx64 " wants 0x%" PRIx64
		           " bytes at offset 0x%" PRIx64 " of 0x%zx",
		           i, at, phdr->p_filesz, phdr->p_offset, reader->loaded->size);
	if (phdr->p_memsz && phdr->p_vaddr + (phdr->p_memsz - 1) < phdr->p_vaddr)
		return bad(reader,
		           "program header %u at offset 0x%" PRIx64 ": 0x%" PRIx64
		           " bytes at address 0x%" PRIx64 " wrap around the address space",
		           i, at, phdr->p_memsz, phdr->p_vaddr);
	return HVC_OK;
}

static int by_address(const void *a, const void *b)
{
	const struct load *l = a, *r = b;

	return l->address < r->address ? -1 : l->address > r->address;
}

/* Collect the PT_LOAD segments, in the order of their addresses. */
static enum hvc_status read_segments(struct reader *reader)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < reader->ehdr.e_phnum; i++) {
		GElf_Phdr phdr;

		if (!gelf_getphdr(reader->elf, (int)i, &phdr))
			return bad(reader, "program header %u cannot be read: %s", i,
			           elf_errmsg(-1));
		if (phdr.p_type != PT_LOAD)
			continue;
		HVC_TRY(check_segment(reader, i, &phdr));
		if (!phdr.p_memsz)
			continue;
		if (reader->loads == HVC_ELF_SEGMENTS_MAX)
			return bad(reader, "has more than %u loadable segments",
			           HVC_ELF_SEGMENTS_MAX);
		if (phdr.p_memsz > HVC_IMAGE_MAX - total)
			return bad(reader,
			           "segments up to program header %u need more than %" PRIu64
			           " MiB of memory",
			           i, HVC_IMAGE_MAX >> 20);
		total += phdr.p_memsz;
		reader->load[reader->loads++] = (struct load){
		        .address = phdr.p_vaddr,
		        .size = phdr.p_memsz,
		        .offset = phdr.p_offset,
		        .data_size = phdr.p_filesz,
		        .data = (phdr.p_flags & (PF_W | PF_X)) == PF_W,
		        .index = i,
		};
	}
	if (!reader->loads)
		return bad(reader, "has no loadable segment");
	qsort(reader->load, reader->loads, sizeof *reader->load, by_address);
	for (unsigned i = 1; i < reader->loads; i++) {
		const struct load *below = &reader->load[i - 1], *load = &reader->load[i];

		if (load->address - below->address < below->size)
			return bad(reader,
			           "program headers %u and %u overlap at address 0x%" PRIx64,
			           below->index, load->index, load->address);
	}
	return HVC_OK;
}

/* What is needed besides the image must not be where it is. */
static enum hvc_status check_places(const struct reader *reader)
{
	static const struct {
		bool aarch32;
		uint64_t begin, end;
	} reserved[] = {
	        {false, HVC_HARNESS_BASE, HVC_HARNESS_BASE + HVC_HARNESS_SIZE},
	        {true, HVC_HARNESS32_BASE, HVC_HARNESS32_BASE + HVC_HARNESS_SIZE},
	        {true, HVC_AARCH32_CALLS, HVC_AARCH32_CALLS + HVC_AARCH32_CALLS_SIZE},
	};

	for (unsigned i = 0; i < reader->loads * 3; i++) {
		const struct load *load = &reader->load[i / 3];
		const uint64_t begin = reserved[i % 3].begin, end = reserved[i % 3].end;

		if (reserved[i % 3].aarch32 == reader->loaded->aarch32 && load->address < end &&
		    load->address + load->size > begin)
			return bad(reader,
			           "program header %u: addresses from 0x%" PRIx64 " to 0x%" PRIx64
			           " are reserved for the emulated machine",
			           load->index, begin, end);
	}
	return HVC_OK;
}

static enum hvc_status store_segments(struct reader *reader)
{
	struct hvc_loaded *loaded = reader->loaded;

	loaded->segment = calloc(reader->loads, sizeof *loaded->segment);
	loaded->offset = calloc(reader->loads, sizeof *loaded->offset);
	if (!loaded->segment || !loaded->offset)
		return HVC_E_NOMEM;
	for (unsigned i = 0; i < reader->loads; i++) {
		const struct load *load = &reader->load[i];

		loaded->offset[i] = load->offset;
		loaded->segment[i] = (struct hvc_segment){
		        .address = load->address,
		        .size = load->size,
		        .data = load->data_size ? loaded->bytes + load->offset : NULL,
		        .data_size = load->data_size,
		};
	}
	loaded->segments = reader->loads;
	return HVC_OK;
}

/* Strings, up to the last that is ended. */
struct strings {
	const char *text;
	uint64_t size;
};

static enum hvc_status add_symbol(struct reader *reader, const struct strings *strings,
                                  const GElf_Sym *sym)
{
	const char *name = sym->st_name < strings->size ? strings->text + sym->st_name : NULL;

	if (sym->st_shndx == SHN_UNDEF ||
	    (sym->st_shndx >= SHN_LORESERVE && sym->st_shndx != SHN_XINDEX))
		return HVC_OK;
	return hvc_image__add_symbol(reader->loaded, name, sym->st_value, sym->st_size,
	                             sym->st_info);
}

static enum hvc_status read_table(struct reader *reader, Elf_Scn *section, const GElf_Shdr *shdr)
{
	Elf_Scn *linked = elf_getscn(reader->elf, shdr->sh_link);
	const unsigned entry = reader->width->sym;
	struct strings strings;
	GElf_Shdr header;
	Elf_Data *data;

	if (shdr->sh_entsize != entry || shdr->sh_size / entry > INT32_MAX ||
	    !in_file(reader, shdr->sh_offset, shdr->sh_size))
		return bad(reader, "symbol table at offset 0x%" PRIx64 " is malformed or truncated",
		           shdr->sh_offset);
	if (!linked || !gelf_getshdr(linked, &header) || header.sh_type != SHT_STRTAB ||
	    !in_file(reader, header.sh_offset, header.sh_size))
		return bad(reader, "symbol table at offset 0x%" PRIx64 " has no string table",
		           shdr->sh_offset);
	reader->symbols += shdr->sh_size / entry;
	if (reader->symbols > HVC_LIMIT_SYMBOLS)
		return HVC_E_RANGE;
	strings.text = (const char *)reader->loaded->bytes + header.sh_offset;
	strings.size = hvc_little__ended(strings.text, header.sh_size);
	data = elf_getdata(section, NULL);
	if (!data)
		return bad(reader, "symbol table at offset 0x%" PRIx64 " cannot be read: %s",
		           shdr->sh_offset, elf_errmsg(-1));
	for (uint64_t i = 1; i < shdr->sh_size / entry; i++) {
		GElf_Sym sym;

		if (!gelf_getsym(data, (int)i, &sym))
			break;
		HVC_TRY(add_symbol(reader, &strings, &sym));
	}
	return HVC_OK;
}

/* Without sections, by segments: those that hold code too are not told apart. */
static enum hvc_status add_writable(struct reader *reader)
{
	for (unsigned i = 0; i < reader->loads; i++) {
		const struct load *load = &reader->load[i];

		if (load->data && !hvc_image__add_data(reader->loaded, load->address, load->size))
			return HVC_E_NOMEM;
	}
	return HVC_OK;
}

static enum hvc_status read_symbols(struct reader *reader)
{
	size_t sections = 0;

	/* Without section headers there are no symbols, and that is fine. */
	if (elf_getshdrnum(reader->elf, &sections))
		sections = 0;
	for (size_t i = 1; i < sections; i++) {
		Elf_Scn *section = elf_getscn(reader->elf, i);
		GElf_Shdr shdr;

		if (!section || !gelf_getshdr(section, &shdr))
			return bad(reader, "section header %zu cannot be read", i);
		if (shdr.sh_type == SHT_SYMTAB || shdr.sh_type == SHT_DYNSYM)
			HVC_TRY(read_table(reader, section, &shdr));
		if (hvc_elf__is_data(shdr.sh_flags) &&
		    !hvc_image__add_data(reader->loaded, shdr.sh_addr, shdr.sh_size))
			return HVC_E_NOMEM;
	}
	return sections ? HVC_OK : add_writable(reader);
}

static enum hvc_status read_elf(struct reader *reader)
{
	HVC_TRY(check_header(reader));
	if (reader->ehdr.e_type == ET_REL)
		return hvc_object__load(reader->loaded, reader->diag);
	HVC_TRY(read_segments(reader));
	HVC_TRY(check_places(reader));
	HVC_TRY(store_segments(reader));
	if (!reader->loaded->aarch32)
		HVC_TRY(hvc_dynamic__apply(reader->loaded));
	return read_symbols(reader);
}

enum hvc_status hvc_elf__load(struct hvc_loaded *loaded, struct hvc_diag *diag)
{
	struct reader reader = {.loaded = loaded, .diag = diag};
	enum hvc_status status;

	HVC_TRY(check_ident(&reader));
	loaded->format = HVC_FORMAT_ELF;
	elf_version(EV_CURRENT);
	/* libelf takes a non-const pointer, but writes nothing: it opens memory for reading. */
	reader.elf = elf_memory((char *)(uintptr_t)loaded->bytes, loaded->size);
	if (!reader.elf || !gelf_getehdr(reader.elf, &reader.ehdr))
		status = bad(&reader, "ELF header cannot be read: %s", elf_errmsg(-1));
	else
		status = read_elf(&reader);
	elf_end(reader.elf);
	if (status == HVC_E_NOMEM || status == HVC_E_RANGE)
		return hvc_symbols__fail(status, loaded->name, diag);
	return status;
}
