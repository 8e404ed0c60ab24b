/* SPDX-License-Identifier: MIT */
/*
 * HVC and SMC instructions of A32 and T32 code. What an image does not say is which of the two its
 * bytes are: a site is one where a function begins before it, by a symbol, a call, or what the code
 * of compilers and of kernels begins and ends with, and where every instruction from there to the
 * site, and to the end of what follows it, is one.
 */
#include <stdlib.h>

#include "hvcheck/aarch32.h"
#include "machine/a32.h"
#include "subject/site_search.h"
#include "subject/subject.h"
#include "subject/walk.h"

#define REACH    1024u /* bytes before a site in which its function begins */
#define AHEAD    16u   /* instructions behind it that are looked at, up to where code ends */
#define LITERALS 4096u /* bytes before a literal in which it is loaded */
#define ENOUGH   3u    /* words of A32, of which three in four are executed always */

static bool word_at(const struct hvc_site_search *search, uint64_t address, uint32_t *word)
{
	return hvc_walk__word(&search->image, address, word);
}

static bool is_call(uint32_t bits, bool t32, struct hvc_site *out)
{
	uint32_t word = hvc_aarch32_swap_t32(bits);

	if (t32 ? hvc_aarch32_decode_t32(word, &out->imm) : hvc_aarch32_decode_a32(bits, &out->imm))
		out->insn = t32 ? HVC_INSN_HVC_T32 : HVC_INSN_HVC_A32;
	else if (t32 ? hvc_aarch32_decode_smc_t32(word, &out->imm)
	             : hvc_aarch32_decode_smc_a32(bits, &out->imm, NULL))
		out->insn = t32 ? HVC_INSN_SMC_T32 : HVC_INSN_SMC_A32;
	else
		return false;
	return true;
}

/* Does Capstone know it? *insn: as hvcheck does. */
static bool decodes(const struct hvc_site_search *search, uint64_t address, bool t32,
                    struct hvc_a32 *insn)
{
	uint32_t bits;
	char text[96];

	if (!hvc_walk__code(&search->image, address, t32, &bits))
		return false;
	hvc_a32__decode(address, bits, t32, insn);
	/* Of A32: a word of zeros is an instruction, and none that anybody writes. */
	if (!t32 && bits >> 28 != 14 && bits >> 28 != 15 && (bits >> 28 < 2 && bits < 0x1000))
		return false;
	hvc_disasm__aarch32(address, insn->word, t32, text, sizeof text);
	return text[0] != '.';
}

static bool ends(const struct hvc_a32 *insn)
{
	return !insn->conditional && !insn->link &&
	       (insn->kind == HVC_A32_BRANCH || insn->kind == HVC_A32_INDIRECT ||
	        insn->kind == HVC_A32_ERET || insn->kind == HVC_A32_UDF);
}

/* PUSH {..., lr}, STMDB sp!, {..., lr}, STR lr, [sp, #-4]!, MOV r12, sp */
static bool begins(uint32_t bits, bool t32)
{
	if (t32)
		return (bits & 0xff00) == 0xb500 || (bits & 0x4000ffff) == 0x4000e92d;
	return (bits & 0xffffc000) == 0xe92d4000 || bits == 0xe52de004 || bits == 0xe1a0c00d;
}

/*
 * Is all from begin to the site, and what follows up to where code ends, code? By the number of
 * words of A32 that are executed always, and by an end of T32, it is told from noise, if need be.
 */
static bool leads(const struct hvc_site_search *search, uint64_t begin, uint64_t site, bool t32,
                  bool named)
{
	struct hvc_a32 insn = {.size = 0};
	unsigned all = 0, always = 0, behind = 0;
	bool ended = false;
	uint64_t at = begin;

	for (; (at <= site || behind < AHEAD) && !ended; at += insn.size) {
		if (!decodes(search, at, t32, &insn))
			return named && at > site;
		all++;
		always += insn.word >> 28 == 14;
		behind += at > site;
		ended = at >= site && ends(&insn);
	}
	return named || (t32 ? ended : all >= ENOUGH && always * 4 >= all * 3);
}

/* Does an instruction shortly before it load the word at an address? */
static bool is_literal(const struct hvc_site_search *search, uint64_t address, bool t32)
{
	uint64_t low = address > LITERALS ? address - LITERALS : 0;
	uint32_t bits;

	for (uint64_t at = low & ~UINT64_C(3); at < address; at += t32 ? 2 : 4) {
		uint64_t pc = t32 ? (at + 4) & ~UINT64_C(3) : at + 8;

		if (!word_at(search, at, &bits))
			continue;
		if (t32 ? (bits & 0xf800) == 0x4800 && pc + 4 * (bits & 0xff) == address
		        : (bits & 0x0fff0000) == 0x059f0000 && pc + (bits & 0xfff) == address)
			return true;
		if (t32 && (bits & 0xffff) == 0xf8df && pc + (bits >> 16 & 0xfff) == address)
			return true;
	}
	return false;
}

/* Behind the literals of the function before, and what aligns them. */
static uint64_t skip_literals(const struct hvc_site_search *search, uint64_t at, uint64_t site)
{
	for (uint64_t word = (at + 3) & ~UINT64_C(3);
	     word + 4 <= site && is_literal(search, word, true); word += 4)
		at = word + 4;
	return at;
}

/* What may stand before a function of T32: an end, of A32 too, filling, or a word of data. */
static bool may_precede(const struct hvc_site_search *search, uint64_t at, uint32_t half)
{
	struct hvc_a32 insn;

	if (!(at & 3) && decodes(search, at - 4, false, &insn) && ends(&insn))
		return true;
	return half == 0x4770 || half >> 8 == 0xbd || half == 0xbf00 || half == 0x46c0 || !half ||
	       half >> 11 == 0x1c;
}

/*
 * Where the function begins: its symbol; else the nearest place before it at which one does, or
 * behind an instruction that nothing gets past. exact: registers hold its arguments there. sure: it
 * is a call of a function that is known, so that what follows need not tell it from noise.
 */
static bool find_begin(const struct hvc_site_search *search, uint64_t site, bool t32, bool sure,
                       uint64_t *begin, bool *exact)
{
	const struct hvc_symbol *symbol = hvc_symbols__cover(&search->scan->loaded->symbols, site);
	const unsigned step = t32 ? 2 : 4;
	struct hvc_a32 insn;
	uint32_t bits, before;

	*exact = true;
	*begin = site;
	if (symbol && (t32 ? symbol->a32 : symbol->t32))
		return false;
	if (symbol && site - symbol->address <= 4 * REACH) {
		*begin = symbol->address & ~(uint64_t)(step - 1);
		return leads(search, *begin, site, t32, true);
	}
	for (uint64_t back = 0; back <= REACH && word_at(search, site - back, &bits);
	     back += step) {
		uint64_t at = site - back;
		bool first = !word_at(search, at - step, &before);

		*exact = true;
		before &= t32 ? 0xffff : UINT32_MAX;
		*begin = at;
		if (first || (begins(bits, t32) && (!t32 || may_precede(search, at, before))))
			return leads(search, at, site, t32, first || sure);
		if (t32 && (before == 0x4770 || before >> 8 == 0xbd)) {
			*begin = skip_literals(search, at, site);
			return leads(search, *begin, site, t32, sure);
		}
		if (t32)
			continue;
		hvc_a32__decode(at - 4, before, false, &insn);
		*exact = (insn.kind == HVC_A32_INDIRECT && ends(&insn)) ||
		         is_literal(search, at - 4, false);
		if (*exact || !decodes(search, at - 4, false, &insn) || ends(&insn))
			return leads(search, at, site, false, sure);
	}
	return false;
}

static uint64_t find_end(const struct hvc_site_search *search, uint64_t site, bool t32)
{
	const struct hvc_symbol *next = hvc_symbols__cover(&search->scan->loaded->symbols, site);
	uint64_t at = site, last = site + REACH;
	struct hvc_a32 insn;

	if (next && next->size && next->address + next->size > site)
		return next->address + next->size;
	while (at < last && decodes(search, at, t32, &insn)) {
		at += insn.size;
		if (ends(&insn) && insn.kind != HVC_A32_BRANCH)
			break;
	}
	return at;
}

enum hvc_status hvc_site__examine_a32(struct hvc_site_search *search, struct hvc_site *site)
{
	const struct hvc_loaded *loaded = search->scan->loaded;
	const bool t32 = site->isa == HVC_ISA_T32;
	const struct hvc_symbol *symbol;
	uint64_t begin;
	bool exact;

	site->guard = HVC_REG_NONE;
	if (!hvc_functions__executable(loaded, site->address))
		site->data = "not in anything executable";
	else if (!find_begin(search, site->address, t32, site->through != 0, &begin, &exact))
		site->data = "its neighbours are no instructions";
	if (site->data || search->analysed == HVC_SITES_ANALYSED_MAX)
		return HVC_OK;
	search->analysed++;
	symbol = hvc_symbols__cover(&loaded->symbols, site->address);
	site->symbol = symbol ? symbol->name : NULL;
	site->has_function = exact;
	site->function = begin;
	return hvc_site__analyse(search, site->isa, begin, find_end(search, site->address, t32),
	                         site);
}

static enum hvc_status look(struct hvc_site_search *search, uint64_t address, uint32_t bits,
                            bool t32)
{
	struct hvc_site site = {.address = address, .isa = t32 ? HVC_ISA_T32 : HVC_ISA_A32};

	if (!is_call(bits, t32, &site))
		return HVC_OK;
	if (search->scan->sites == HVC_SITES_MAX) {
		search->scan->dropped++;
		return HVC_OK;
	}
	HVC_TRY(hvc_site__examine_a32(search, &site));
	return hvc_site__push(&search->scan->site, &search->scan->sites, &site);
}

enum hvc_status hvc_site__search_a32(struct hvc_site_search *search)
{
	enum hvc_status status = HVC_OK;

	for (unsigned i = 0; i < search->image.segments && status == HVC_OK; i++) {
		const struct hvc_segment *segment = &search->image.segment[i];
		uint64_t at = segment->address & 1;

		for (; at + 4 <= segment->data_size && status == HVC_OK; at += 2) {
			const uint8_t *byte = segment->data + at;
			uint64_t address = segment->address + at;
			uint32_t bits = (uint32_t)byte[0] | (uint32_t)byte[1] << 8 |
			                (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;

			/* Most words are ruled out by this alone. */
			if (byte[1] == 0xf7 && byte[3] >> 4 == 8)
				status = look(search, address, bits, true);
			else if (!(address & 3) && (byte[0] & 0xf0) == 0x70 && (byte[3] & 15) == 1)
				status = look(search, address, bits, false);
		}
	}
	return status;
}
