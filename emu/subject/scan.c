/* SPDX-License-Identifier: MIT */
/*
 * An image looked through: its vector tables (finder.c) and its HVC and SMC instructions
 * (site.c).
 */
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "subject/audit.h"
#include "subject/finder.h"
#include "subject/site_search.h"
#include "subject/symbol.h"

/* Tables whose code is looked at more closely, the best ones; hostile files have millions. */
#define TABLES_MAX HVC_LIMIT_TABLES

/* HVC and SMC; false: neither. */
static bool is_call(uint32_t word, struct hvc_site *out)
{
	if ((word & UINT32_C(0xffe0001e)) != UINT32_C(0xd4000002))
		return false;
	out->insn = word & 1 ? HVC_INSN_SMC : HVC_INSN_HVC;
	out->imm = (uint16_t)(word >> 5);
	return true;
}

static enum hvc_status scan_segment(struct hvc_site_search *search, unsigned index)
{
	const struct hvc_loaded *loaded = search->scan->loaded;
	const struct hvc_segment *segment = &loaded->segment[index];
	uint64_t at = (0 - segment->address) & 3;

	for (; at + 4 <= segment->data_size; at += 4) {
		const uint8_t *byte = segment->data + at;
		struct hvc_site site = {.address = segment->address + at};
		uint32_t word;

		/* Most words are ruled out by this alone. */
		if (byte[3] != 0xd4)
			continue;
		word = (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 |
		       (uint32_t)byte[3] << 24;
		if (!is_call(word, &site))
			continue;
		if (search->scan->sites == HVC_SITES_MAX) {
			search->scan->dropped++;
			continue;
		}
		HVC_TRY(hvc_site__examine(search, word, &site));
		HVC_TRY(hvc_site__push(&search->scan->site, &search->scan->sites, &site));
	}
	return HVC_OK;
}

static enum hvc_status find_sites(struct hvc_scan *scan)
{
	struct hvc_site_search search = {
	        .scan = scan,
	        .image = {.segment = scan->loaded->segment, .segments = scan->loaded->segments},
	};
	enum hvc_status status;

	if (scan->aarch32)
		status = hvc_site__search_a32(&search);
	else
		status = hvc_functions__read(scan->loaded, &search.functions);
	for (unsigned i = 0; !scan->aarch32 && i < scan->loaded->segments && status == HVC_OK; i++)
		status = scan_segment(&search, i);
	if (status == HVC_OK)
		status = hvc_wrapper__find(&search);
	hvc_functions__free(&search.functions);
	hvc_flow__free(search.flow);
	return status;
}

static enum hvc_status add_tables(struct hvc_scan *scan)
{
	struct hvc_candidate *candidate = NULL;
	size_t count = 0;
	enum hvc_status status = HVC_OK;

	HVC_TRY(hvc_finder__run(scan->loaded, &candidate, &count));
	scan->candidates = count;
	if (count > TABLES_MAX)
		count = TABLES_MAX;
	scan->table = calloc(count + 1, sizeof(*scan->table));
	if (!scan->table)
		status = HVC_E_NOMEM;
	for (size_t i = 0; i < count && status == HVC_OK; i++) {
		const struct hvc_image image = {
		        .segment = scan->loaded->segment,
		        .segments = scan->loaded->segments,
		        .vectors = candidate[i].address,
		};
		const struct hvc_symbol *symbol =
		        hvc_symbols__cover(&scan->loaded->symbols, image.vectors);

		scan->table[i].candidate = candidate[i];
		if (symbol && symbol->address == image.vectors)
			scan->table[i].symbol = symbol->name;
		if (!scan->loaded->aarch32)
			status = hvc_likely__guess(&image, &scan->loaded->symbols,
			                           &scan->table[i].likely);
		scan->tables++;
	}
	free(candidate);
	return status;
}

/* A file, or a built-in by its name. */
static enum hvc_status load(const char *path, const char *symbols, struct hvc_diag *diag,
                            struct hvc_loaded *out)
{
	const struct hvc_builtin *builtin;
	enum hvc_status status;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		if (!strcmp(builtin->name, path))
			return hvc_image__load_memory(path, builtin->elf, builtin->elf_size, diag,
			                              out);
	}
	HVC_TRY(hvc_image__load(path, diag, out));
	if (!symbols)
		return HVC_OK;
	status = hvc_system_map__load(out, symbols, diag);
	if (status != HVC_OK)
		hvc_image__unload(out);
	return status;
}

enum hvc_status hvc_scan__file(const char *path, const char *symbols, struct hvc_diag *diag,
                               struct hvc_scan **out)
{
	struct hvc_scan *scan = calloc(1, sizeof(*scan));
	enum hvc_status status = HVC_E_NOMEM;

	if (scan) {
		scan->path = strdup(path);
		scan->loaded = calloc(1, sizeof(*scan->loaded));
	}
	if (!scan || !scan->path || !scan->loaded) {
		hvc_scan__free(scan);
		return hvc_diag_set(diag, HVC_E_NOMEM, path, 0, 0, "no memory");
	}
	status = load(scan->path, symbols, diag, scan->loaded);
	if (status != HVC_OK) {
		free(scan->loaded);
		scan->loaded = NULL;
		hvc_scan__free(scan);
		return status;
	}
	scan->format = scan->loaded->format;
	scan->symbols = scan->loaded->symbols.count;
	for (unsigned i = 0; i < scan->loaded->segments; i++)
		scan->size += scan->loaded->segment[i].size;
	status = add_tables(scan);
	scan->aarch32 = scan->loaded->aarch32;
	if (status == HVC_OK)
		status = find_sites(scan);
	if (status != HVC_OK) {
		hvc_scan__free(scan);
		return hvc_diag_set(diag, status, path, 0, 0, "%s", hvc_strerror(status));
	}
	*out = scan;
	return HVC_OK;
}

enum hvc_status hvc_scan__note(struct hvc_scan *scan, enum hvc_audit_kind kind, uint64_t address,
                               const char *reg)
{
	const struct hvc_loaded *loaded = scan->loaded;
	const struct hvc_symbol *symbol = hvc_symbols__cover(&loaded->symbols, address);
	struct hvc_audit *grown;

	if (scan->audits == HVC_SITES_MAX)
		return HVC_OK;
	if (!(scan->audits & (scan->audits - 1))) {
		size_t room = scan->audits ? 2 * scan->audits : 1;

		grown = realloc(scan->audit, room * sizeof(*grown));
		if (!grown)
			return HVC_E_NOMEM;
		scan->audit = grown;
	}
	scan->audit[scan->audits++] = (struct hvc_audit){
	        .kind = kind,
	        .address = address,
	        .symbol = symbol ? symbol->name : NULL,
	        .offset = symbol ? address - symbol->address : 0,
	        .reg = reg,
	};
	return HVC_OK;
}

void hvc_scan__free(struct hvc_scan *scan)
{
	if (!scan)
		return;
	if (scan->loaded)
		hvc_image__unload(scan->loaded);
	free(scan->loaded);
	free(scan->table);
	free(scan->site);
	free(scan->call);
	free(scan->audit);
	free(scan->path);
	free(scan);
}
