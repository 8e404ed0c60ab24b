/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "subject/finder.h"
#include "subject/likely.h"
#include "subject/site.h"
#include "subject/system_map.h"

/* Tables whose code is looked at more closely, the best ones; hostile files have millions. */
#define TABLES_MAX HVC_LIMIT_TABLES

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
		status = hvc_likely__guess(&image, &scan->table[i].likely);
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

enum hvc_status hvc_scan_file(const char *path, const char *symbols, struct hvc_diag *diag,
                              struct hvc_scan **out)
{
	struct hvc_scan *scan = calloc(1, sizeof(*scan));
	enum hvc_status status = HVC_E_NOMEM;

	if (scan) {
		scan->path = strdup(path);
		scan->loaded = calloc(1, sizeof(*scan->loaded));
	}
	if (!scan || !scan->path || !scan->loaded) {
		hvc_scan_free(scan);
		return hvc_diag_set(diag, HVC_E_NOMEM, path, 0, 0, "no memory");
	}
	status = load(scan->path, symbols, diag, scan->loaded);
	if (status != HVC_OK) {
		free(scan->loaded);
		scan->loaded = NULL;
		hvc_scan_free(scan);
		return status;
	}
	scan->format = scan->loaded->format;
	scan->symbols = scan->loaded->symbols.count;
	for (unsigned i = 0; i < scan->loaded->segments; i++)
		scan->size += scan->loaded->segment[i].size;
	status = add_tables(scan);
	if (status == HVC_OK)
		status = hvc_site__find(scan);
	if (status != HVC_OK) {
		hvc_scan_free(scan);
		return hvc_diag_set(diag, status, path, 0, 0, "%s", hvc_strerror(status));
	}
	*out = scan;
	return HVC_OK;
}

void hvc_scan_free(struct hvc_scan *scan)
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
