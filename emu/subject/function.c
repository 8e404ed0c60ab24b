/* SPDX-License-Identifier: MIT */
#include "subject/function.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "subject/a64.h"

#define PACIASP UINT32_C(0xd503233f)
#define PACIBSP UINT32_C(0xd503237f)
#define BTI_C   UINT32_C(0xd503245f)
#define BTI_JC  UINT32_C(0xd50324df)

/* The word at an offset of a segment that holds it in its data. */
static uint32_t word_at(const struct hvc_segment *segment, uint64_t at)
{
	const uint8_t *byte = segment->data + at;

	return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 |
	       (uint32_t)byte[3] << 24;
}

static const struct hvc_segment *segment_of(const struct hvc_loaded *loaded, uint64_t address,
                                            unsigned *index)
{
	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *segment = &loaded->segment[i];

		if (address >= segment->address &&
		    address - segment->address < segment->data_size) {
			*index = i;
			return segment;
		}
	}
	return NULL;
}

static void mark(const struct hvc_functions *functions, uint8_t *const *map, uint64_t target,
                 unsigned near)
{
	const struct hvc_segment *segment = &functions->loaded->segment[near];
	uint64_t at = target - segment->address;

	if (target < segment->address || at >= segment->data_size) {
		segment = segment_of(functions->loaded, target, &near);
		if (!segment)
			return;
		at = target - segment->address;
	}
	/* make_maps has made one a segment. NOLINTNEXTLINE(*NullDereference) */
	map[near][at / 32] |= (uint8_t)(1u << (at / 4 % 8));
}

static bool has(uint8_t *const *map, unsigned index, uint64_t at)
{
	return map[index][at / 32] >> (at / 4 % 8) & 1;
}

static enum hvc_status make_maps(struct hvc_functions *out)
{
	const struct hvc_loaded *loaded = out->loaded;

	out->called = calloc(loaded->segments + 1, sizeof(*out->called));
	out->literal = calloc(loaded->segments + 1, sizeof(*out->literal));
	if (!out->called || !out->literal)
		return HVC_E_NOMEM;
	for (unsigned i = 0; i < loaded->segments; i++) {
		size_t bytes = (size_t)(loaded->segment[i].data_size / 32) + 1;

		out->called[i] = calloc(bytes, 1);
		out->literal[i] = calloc(bytes, 1);
		if (!out->called[i] || !out->literal[i])
			return HVC_E_NOMEM;
	}
	return HVC_OK;
}

/* Mark what a BL calls and what an LDR loads. */
static void note(const struct hvc_functions *out, unsigned index, uint64_t address, uint32_t word)
{
	uint64_t target = 0;
	struct hvc_a64 insn;

	/* Two tests that most words fail, before the whole of the decoder is asked. */
	if (word >> 26 == 0x25) {
		hvc_a64__flow(address, word, &target);
		mark(out, out->called, target, index);
	} else if ((word & 0x3b000000) == 0x18000000) {
		hvc_a64__decode(address, word, &insn);
		if (insn.move != HVC_MOVE_LITERAL)
			return;
		mark(out, out->literal, insn.imm, index);
		if (!insn.word && !insn.sign)
			mark(out, out->literal, insn.imm + 4, index);
	}
}

enum hvc_status hvc_functions__read(const struct hvc_loaded *loaded, struct hvc_functions *out)
{
	*out = (struct hvc_functions){.loaded = loaded};
	HVC_TRY(make_maps(out));
	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *segment = &loaded->segment[i];
		uint64_t at = (0 - segment->address) & 3;

		for (; at + 4 <= segment->data_size; at += 4)
			note(out, i, segment->address + at, word_at(segment, at));
	}
	return HVC_OK;
}

void hvc_functions__free(struct hvc_functions *functions)
{
	for (unsigned i = 0; functions->called && i < functions->loaded->segments; i++)
		free(functions->called[i]);
	for (unsigned i = 0; functions->literal && i < functions->loaded->segments; i++)
		free(functions->literal[i]);
	free(functions->called);
	free(functions->literal);
	*functions = (struct hvc_functions){0};
}

/* Does control not get past this word? */
static bool ends(uint32_t word)
{
	uint64_t target;

	switch (hvc_a64__flow(0, word, &target)) {
	case HVC_FLOW_BRANCH:
	case HVC_FLOW_INDIRECT:
	case HVC_FLOW_ERET:
	case HVC_FLOW_STOP:
		return true;
	case HVC_FLOW_NEXT:
	case HVC_FLOW_COND:
	case HVC_FLOW_CALL:
		break;
	}
	return false;
}

/* Does a function begin at this offset, by what the code shows? */
static bool begins(const struct hvc_functions *functions, unsigned index, uint64_t at)
{
	const struct hvc_segment *segment = &functions->loaded->segment[index];
	uint32_t word = word_at(segment, at);
	uint64_t before = at;
	bool after_end;

	if (at < 4 || has(functions->called, index, at))
		return true;
	if (word == BTI_C || word == BTI_JC)
		return true;
	if (has(functions->literal, index, at))
		return false;
	while (before >= 4 && (hvc_a64__padding(word_at(segment, before - 4)) ||
	                       has(functions->literal, index, before - 4)))
		before -= 4;
	/* UDF ends what comes before it, NOP does not. */
	after_end =
	        before < 4 || ends(word_at(segment, before - 4)) || ends(word_at(segment, at - 4));
	if (word == PACIASP || word == PACIBSP)
		return after_end;
	/* Filling aligns functions, and loops too, but not to less than this. */
	return before != at && after_end && (segment->address + at) % 8 == 0 &&
	       !hvc_a64__padding(word);
}

/* The first symbol above an address; UINT64_MAX: none. */
static uint64_t next_symbol(const struct hvc_symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->row[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < symbols->count ? symbols->row[low].address : UINT64_MAX;
}

bool hvc_functions__covering(const struct hvc_functions *functions, uint64_t address,
                             unsigned reach, uint64_t *begin, uint64_t *end)
{
	const struct hvc_symbol *symbol = hvc_symbols__cover(&functions->loaded->symbols, address);
	unsigned index = 0;
	const struct hvc_segment *segment = segment_of(functions->loaded, address, &index);
	uint64_t limit = next_symbol(&functions->loaded->symbols, address), at, first;
	bool found = true;

	*begin = *end = address;
	if (!segment)
		return false;
	at = address - segment->address;
	first = at > (uint64_t)reach * 4 ? at - (uint64_t)reach * 4 : at % 4;
	if (symbol && symbol->address >= segment->address &&
	    symbol->address - segment->address >= first)
		at = symbol->address - segment->address;
	else
		while (!(found = begins(functions, index, at)) && at > first)
			at -= 4;
	*begin = segment->address + at;
	/* On to the next one. */
	for (at = address - segment->address + 4; at + 4 <= segment->data_size; at += 4) {
		if (segment->address + at >= limit || (!symbol && begins(functions, index, at)) ||
		    at - (*begin - segment->address) >= (uint64_t)reach * 8)
			break;
	}
	*end = segment->address + at;
	return found;
}

static bool in_range(uint64_t offset, uint64_t begin, uint64_t size)
{
	return offset >= begin && offset - begin < size;
}

/* Where a byte is in the file; false when it comes from none. */
static bool offset_of(const struct hvc_loaded *loaded, uint64_t address, uint64_t *offset)
{
	unsigned index = 0;
	const struct hvc_segment *segment = segment_of(loaded, address, &index);

	if (!segment)
		return false;
	for (unsigned i = 0; i < loaded->pieces; i++) {
		if (!in_range(address, loaded->piece[i].address, loaded->piece[i].size))
			continue;
		*offset = loaded->piece[i].offset + (address - loaded->piece[i].address);
		return true;
	}
	if (!loaded->offset)
		return false;
	*offset = loaded->offset[index] + (address - segment->address);
	return true;
}

/* Row i of a table of the file; false: there is none. */
static bool row_at(const struct hvc_loaded *loaded, uint64_t table, uint64_t i, void *row,
                   size_t size)
{
	uint64_t at = table + i * size;

	if (at > loaded->size || loaded->size - at < size)
		return false;
	memcpy(row, loaded->bytes + at, size);
	return true;
}

/* Headers of both classes, with what is looked at below. */
static bool header_of(const struct hvc_loaded *loaded, Elf64_Ehdr *out)
{
	Elf32_Ehdr small;

	if (!loaded->aarch32)
		return row_at(loaded, 0, 0, out, sizeof *out);
	if (!row_at(loaded, 0, 0, &small, sizeof small))
		return false;
	*out = (Elf64_Ehdr){.e_shoff = small.e_shoff,
	                    .e_shnum = small.e_shnum,
	                    .e_phoff = small.e_phoff,
	                    .e_phnum = small.e_phnum};
	return true;
}

static bool section_at(const struct hvc_loaded *loaded, uint64_t table, unsigned i, Elf64_Shdr *out)
{
	Elf32_Shdr small;

	if (!loaded->aarch32)
		return row_at(loaded, table, i, out, sizeof *out);
	if (!row_at(loaded, table, i, &small, sizeof small))
		return false;
	*out = (Elf64_Shdr){.sh_type = small.sh_type,
	                    .sh_flags = small.sh_flags,
	                    .sh_offset = small.sh_offset,
	                    .sh_size = small.sh_size};
	return true;
}

static bool segment_at(const struct hvc_loaded *loaded, uint64_t table, unsigned i, Elf64_Phdr *out)
{
	Elf32_Phdr small;

	if (!loaded->aarch32)
		return row_at(loaded, table, i, out, sizeof *out);
	if (!row_at(loaded, table, i, &small, sizeof small))
		return false;
	*out = (Elf64_Phdr){.p_type = small.p_type,
	                    .p_flags = small.p_flags,
	                    .p_offset = small.p_offset,
	                    .p_filesz = small.p_filesz};
	return true;
}

/* loaded is an ELF file whose headers hvc_elf__load has found to be inside it. */
bool hvc_functions__executable(const struct hvc_loaded *loaded, uint64_t address)
{
	bool sections = false;
	Elf64_Ehdr ehdr;
	Elf64_Shdr shdr;
	Elf64_Phdr phdr;
	uint64_t offset;

	if (loaded->format != HVC_FORMAT_ELF || !header_of(loaded, &ehdr))
		return true;
	if (!offset_of(loaded, address, &offset))
		return false;
	for (unsigned i = 0;
	     ehdr.e_shoff && i < ehdr.e_shnum && section_at(loaded, ehdr.e_shoff, i, &shdr); i++) {
		if (shdr.sh_type != SHT_PROGBITS || !(shdr.sh_flags & SHF_ALLOC))
			continue;
		sections = true;
		if (in_range(offset, shdr.sh_offset, shdr.sh_size))
			return shdr.sh_flags & SHF_EXECINSTR;
	}
	for (unsigned i = 0;
	     !sections && i < ehdr.e_phnum && segment_at(loaded, ehdr.e_phoff, i, &phdr); i++) {
		if (phdr.p_type == PT_LOAD && in_range(offset, phdr.p_offset, phdr.p_filesz))
			return phdr.p_flags & PF_X;
	}
	return !sections;
}
