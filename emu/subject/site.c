/* SPDX-License-Identifier: MIT */
#include "subject/site_search.h"

#include <stdlib.h>

#include "hvcheck/arch.h"
#include "subject/a64.h"
#include "subject/walk.h"

#define NEIGHBOURS    16u /* words looked at on either side, up to where code ends */
#define BAD_IN        4u  /* data when one in so many is no instruction */
#define RUN           4u  /* so many equal words in a row are filling */
#define LITERAL_REACH 4096u

enum hvc_status hvc_site__push(struct hvc_site **list, size_t *count, const struct hvc_site *site)
{
	/* Full where the count is a power of two. */
	if (!(*count & (*count - 1))) {
		struct hvc_site *grown = realloc(*list, (*count ? *count * 2 : 1) * sizeof(*grown));

		if (!grown)
			return HVC_E_NOMEM;
		*list = grown;
	}
	(*list)[(*count)++] = *site;
	return HVC_OK;
}

/* Is it an instruction, as far as two decoders know? */
static bool decodes(uint64_t address, uint32_t word)
{
	char text[96];

	if (!hvc_a64__plausible(word))
		return false;
	hvc_disasm(address, word, text, sizeof(text));
	return text[0] != '.';
}

static bool ends(uint32_t word)
{
	uint64_t target;
	enum hvc_flow flow = hvc_a64__flow(0, word, &target);

	return flow == HVC_FLOW_BRANCH || flow == HVC_FLOW_INDIRECT || flow == HVC_FLOW_ERET ||
	       flow == HVC_FLOW_STOP;
}

/* Words on the way through the site: too many that are no instructions? */
static bool has_bad_neighbours(const struct hvc_image *image, uint64_t site)
{
	unsigned seen = 0, bad = 0;
	uint32_t word;

	for (unsigned i = 1; i <= NEIGHBOURS && hvc_walk__word(image, site + i * 4, &word); i++) {
		seen++;
		bad += !decodes(site + i * 4, word);
		if (ends(word))
			break;
	}
	for (unsigned i = 1; i <= NEIGHBOURS && hvc_walk__word(image, site - i * 4, &word); i++) {
		if (ends(word) || hvc_a64__padding(word))
			break;
		seen++;
		bad += !decodes(site - i * 4, word);
	}
	return bad * BAD_IN > seen;
}

static bool is_filling(const struct hvc_image *image, uint64_t site, uint32_t own)
{
	unsigned run = 1;
	uint32_t word;

	for (uint64_t at = site + 4; run < RUN && hvc_walk__word(image, at, &word); at += 4) {
		if (word != own)
			break;
		run++;
	}
	for (uint64_t at = site - 4; run < RUN && hvc_walk__word(image, at, &word); at -= 4) {
		if (word != own)
			break;
		run++;
	}
	return run == RUN;
}

/* Does an instruction nearby load the word, or the doubleword that it is half of? */
static bool is_literal(const struct hvc_image *image, uint64_t site)
{
	for (unsigned i = 0; i < 2 * LITERAL_REACH; i++) {
		uint64_t at = site + ((uint64_t)i - LITERAL_REACH) * 4;
		struct hvc_a64 insn;
		uint32_t word;

		if (!hvc_walk__word(image, at, &word) || (word & 0x3b000000) != 0x18000000)
			continue;
		hvc_a64__decode(at, word, &insn);
		if (insn.move != HVC_MOVE_LITERAL)
			continue;
		if (insn.imm == site || (!insn.word && !insn.sign && insn.imm + 4 == site))
			return true;
	}
	return false;
}

/* Why a site is data; NULL: it is not. */
static const char *judge(const struct hvc_site_search *search, const struct hvc_site *site,
                         uint32_t word, uint64_t address)
{
	if (!hvc_functions__executable(search->scan->loaded, address))
		return "not in anything executable";
	if (is_filling(&search->image, address, word))
		return "one of a run of equal words";
	if (has_bad_neighbours(&search->image, address))
		return "its neighbours are no instructions";
	if (is_literal(&search->image, address))
		return "loaded as a literal by code nearby";
	if (!site->has_function)
		return "no function begins before it";
	return NULL;
}

enum hvc_status hvc_site__analyse(struct hvc_site_search *search, enum hvc_isa isa, uint64_t begin,
                                  uint64_t end, struct hvc_site *site)
{
	uint64_t address = site->address;

	if (!search->flow || search->flow_begin != begin || search->flow->isa != isa ||
	    !hvc_flow__covers(search->flow, address)) {
		uint64_t from = begin;

		/* The part of a long function that leads to the site. */
		if (address - begin >= HVC_FLOW_MAX * 4)
			from = address - HVC_FLOW_MAX / 2 * 4;
		hvc_flow__free(search->flow);
		search->flow = NULL;
		HVC_TRY(hvc_flow__new(&search->image, isa, from, end,
		                      site->has_function && from == begin, &search->flow));
		search->flow_begin = begin;
	}
	if (!hvc_flow__covers(search->flow, address)) {
		site->data = "in the middle of another instruction";
		return HVC_OK;
	}
	hvc_flow__before(search->flow, address, site->x);
	HVC_TRY(hvc_flow__after(search->flow, address, &site->after));
	if (!hvc_flow__guard(search->flow, address, &site->guard, &site->guard_nonzero))
		site->guard = HVC_REG_NONE;
	site->analysed = true;
	return HVC_OK;
}

enum hvc_status hvc_site__examine(struct hvc_site_search *search, uint32_t word,
                                  struct hvc_site *site)
{
	const struct hvc_loaded *loaded = search->scan->loaded;
	const struct hvc_symbol *symbol;
	uint64_t begin, end;

	site->guard = HVC_REG_NONE;
	if (search->analysed < HVC_SITES_ANALYSED_MAX) {
		search->analysed++;
		site->has_function = hvc_functions__covering(&search->functions, site->address,
		                                             HVC_FLOW_MAX, &begin, &end);
		site->data = judge(search, site, word, site->address);
		symbol = hvc_symbols__cover(&loaded->symbols, site->address);
		site->symbol = symbol && !site->data ? symbol->name : NULL;
		if (!site->data) {
			site->function = begin;
			HVC_TRY(hvc_site__analyse(search, HVC_ISA_A64, begin, end, site));
		}
	}
	return HVC_OK;
}
