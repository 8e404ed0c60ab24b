/* SPDX-License-Identifier: MIT */
/**
 * A small but complete ELF64 AArch64 executable, built by hand so that tests can spoil each
 * field of it. Its section headers come last: a file cut anywhere lacks some of them.
 */
#ifndef TINY_ELF_H
#define TINY_ELF_H

#include <elf.h>
#include <stdint.h>
#include <string.h>

#define TINY_TEXT_AT   0x1000u /* offsets in the file */
#define TINY_DATA_AT   0x2000u
#define TINY_SYMTAB_AT 0x2010u
#define TINY_STRTAB_AT 0x2100u
#define TINY_SHDR_AT   0x2180u
#define TINY_SIZE      (TINY_SHDR_AT + 3 * sizeof(Elf64_Shdr))
#define TINY_PHDR_AT   sizeof(Elf64_Ehdr)

#define TINY_TEXT           UINT64_C(0x40000000) /* addresses */
#define TINY_TEXT_SIZE      0x1000u
#define TINY_DATA           UINT64_C(0x40002000)
#define TINY_DATA_FILE_SIZE 0x10u
#define TINY_DATA_SIZE      0x100u

/* Symbols: name, binding, type, section index, value, size. `outside` is in no segment. */
#define TINY_SYMBOLS(S)                                                    \
	S("hvc_vectors", STB_GLOBAL, STT_NOTYPE, 1, TINY_TEXT, 0)          \
	S("$x", STB_LOCAL, STT_NOTYPE, 1, TINY_TEXT, 0)                    \
	S("handler", STB_GLOBAL, STT_FUNC, 1, TINY_TEXT + 0x800, 0x40)     \
	S("handler_label", STB_LOCAL, STT_NOTYPE, 1, TINY_TEXT + 0x800, 0) \
	S("second", STB_GLOBAL, STT_FUNC, 1, TINY_TEXT + 0x900, 0)         \
	S("odd", STB_GLOBAL, STT_OBJECT, 1, TINY_TEXT + 0x104, 4)          \
	S("value", STB_GLOBAL, STT_OBJECT, 2, TINY_DATA, 8)                \
	S("outside", STB_GLOBAL, STT_NOTYPE, SHN_ABS, 0xe11, 0)

struct tiny_symbol {
	const char *name;
	unsigned char bind, type;
	uint16_t section;
	uint64_t value, size;
};

/** Fill bytes, all TINY_SIZE of them. Slots spin in place; code may be patched in. */
static inline void tiny_elf(uint8_t bytes[])
{
	static const struct tiny_symbol symbols[] = {
#define TINY_ROW_(name, bind, type, section, value, size) {name, bind, type, section, value, size},
	        TINY_SYMBOLS(TINY_ROW_)
#undef TINY_ROW_
	};
	const unsigned count = sizeof symbols / sizeof *symbols;
	const Elf64_Ehdr ehdr = {
	        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
	                    EV_CURRENT},
	        .e_type = ET_EXEC,
	        .e_machine = EM_AARCH64,
	        .e_version = EV_CURRENT,
	        .e_entry = TINY_TEXT,
	        .e_phoff = TINY_PHDR_AT,
	        .e_shoff = TINY_SHDR_AT,
	        .e_ehsize = sizeof(Elf64_Ehdr),
	        .e_phentsize = sizeof(Elf64_Phdr),
	        .e_phnum = 2,
	        .e_shentsize = sizeof(Elf64_Shdr),
	        .e_shnum = 3,
	};
	const Elf64_Phdr phdr[2] = {
	        {.p_type = PT_LOAD,
	         .p_flags = PF_R | PF_X,
	         .p_offset = TINY_TEXT_AT,
	         .p_vaddr = TINY_TEXT,
	         .p_filesz = TINY_TEXT_SIZE,
	         .p_memsz = TINY_TEXT_SIZE},
	        {.p_type = PT_LOAD,
	         .p_flags = PF_R | PF_W,
	         .p_offset = TINY_DATA_AT,
	         .p_vaddr = TINY_DATA,
	         .p_filesz = TINY_DATA_FILE_SIZE,
	         .p_memsz = TINY_DATA_SIZE},
	};
	Elf64_Shdr shdr[3] = {
	        [1] = {.sh_type = SHT_SYMTAB,
	               .sh_offset = TINY_SYMTAB_AT,
	               .sh_size = (count + 1) * sizeof(Elf64_Sym),
	               .sh_link = 2,
	               .sh_info = 1,
	               .sh_addralign = 8,
	               .sh_entsize = sizeof(Elf64_Sym)},
	        [2] = {.sh_type = SHT_STRTAB, .sh_offset = TINY_STRTAB_AT, .sh_addralign = 1},
	};
	size_t strings = 1;

	memset(bytes, 0, TINY_SIZE);
	memcpy(bytes, &ehdr, sizeof ehdr);
	memcpy(bytes + TINY_PHDR_AT, phdr, sizeof phdr);
	for (unsigned i = 0; i < 16; i++)
		memcpy(bytes + TINY_TEXT_AT + i * 0x80, &(uint32_t){0x14000000}, 4);
	for (unsigned i = 0; i < count; i++) {
		const Elf64_Sym sym = {
		        .st_name = (Elf64_Word)strings,
		        .st_info = ELF64_ST_INFO(symbols[i].bind, symbols[i].type),
		        .st_shndx = symbols[i].section,
		        .st_value = symbols[i].value,
		        .st_size = symbols[i].size,
		};

		memcpy(bytes + TINY_SYMTAB_AT + (i + 1) * sizeof sym, &sym, sizeof sym);
		memcpy(bytes + TINY_STRTAB_AT + strings, symbols[i].name,
		       strlen(symbols[i].name) + 1);
		strings += strlen(symbols[i].name) + 1;
	}
	shdr[2].sh_size = strings;
	memcpy(bytes + TINY_SHDR_AT, shdr, sizeof shdr);
}

/** Write a little-endian field of 1 to 8 bytes. */
static inline void tiny_put(uint8_t bytes[], size_t offset, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++)
		bytes[offset + i] = (uint8_t)(value >> 8 * i);
}

/** Put instructions at an offset into the text segment. */
static inline void tiny_code(uint8_t bytes[], size_t offset, const uint32_t code[], unsigned words)
{
	for (unsigned i = 0; i < words; i++)
		tiny_put(bytes, TINY_TEXT_AT + offset + 4 * i, 4, code[i]);
}

#endif
