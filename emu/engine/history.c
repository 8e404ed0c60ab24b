/* SPDX-License-Identifier: MIT */
/* Each generation is compared with the one before it: what changed is what that comparison says. */
#include "engine/history.h"

#include <stdlib.h>
#include <string.h>

#include "abi/overlap.h"

static enum hvc_status fail_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

/* The row of an operation, added where it is new; NULL: out of memory. */
static struct hvc_history_row *row_of(struct hvc_history *history, const char *name)
{
	struct hvc_history_row *grown;

	for (unsigned i = 0; i < history->rows; i++)
		if (!strcmp(history->row[i].name, name))
			return &history->row[i];
	grown = realloc(history->row, (history->rows + 1) * sizeof *grown);
	if (!grown)
		return NULL;
	history->row = grown;
	grown += history->rows;
	*grown = (struct hvc_history_row){.name = strdup(name)};
	if (!grown->name)
		return NULL;
	history->rows++;
	return grown;
}

static bool take(struct hvc_history *history, unsigned generation, const char *name,
                 const struct hvc_abi_use *use)
{
	struct hvc_history_row *row = use->rule ? row_of(history, name) : NULL;

	if (!use->rule)
		return true;
	if (row && !row->cell[generation].how)
		row->cell[generation].how = strdup(use->how);
	return row && row->cell[generation].how;
}

/* What two generations that follow each other say. */
static bool add(struct hvc_history *history, unsigned generation, const struct hvc_abi_diff *diff)
{
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_abi_operation *operation = &diff->operation[i];

		if (operation->unknown)
			continue;
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
			if (!take(history, generation + side, operation->name,
			          &operation->use[side]))
				return false;
	}
	for (unsigned i = 0; i < diff->migrations; i++) {
		const struct hvc_abi_migration *migration = &diff->migration[i];
		struct hvc_history_row *row;

		/* An operation that silently became none is marked where it was. */
		if (migration->kind != HVC_ABI_MIGRATION_SILENT)
			continue;
		row = row_of(history, migration
		                              ->rule[hvc_rule__claims(migration->rule[HVC_SIDE_NEW])
		                                             ? HVC_SIDE_NEW
		                                             : HVC_SIDE_OLD]
		                              ->name);
		if (!row)
			return false;
		row->cell[generation + 1].other = true;
	}
	return true;
}

static enum hvc_status compare(struct hvc_history *history, unsigned generation,
                               struct hvc_diag *diag)
{
	const struct hvc_abi_diff_config config = {
	        .abi = {history->abi[generation], history->abi[generation + 1]}};
	struct hvc_abi_diff *diff;
	bool added;

	HVC_TRY(hvc_abi_diff__run(&config, diag, &diff));
	added = add(history, generation, diff);
	hvc_abi_diff__free(diff);
	return added ? HVC_OK : fail_memory(diag);
}

enum hvc_status hvc_history__make(const char *const *name, unsigned names, struct hvc_diag *diag,
                                  struct hvc_history **out)
{
	struct hvc_history *history = calloc(1, sizeof *history);
	enum hvc_status status = history ? HVC_OK : fail_memory(diag);

	for (unsigned i = 0; status == HVC_OK && i < names; i++) {
		status = hvc_abi_open(name[i], diag, &history->abi[i]);
		history->generations += status == HVC_OK;
	}
	for (unsigned i = 0; status == HVC_OK && i + 1 < names; i++)
		status = compare(history, i, diag);
	if (status == HVC_OK)
		*out = history;
	else
		hvc_history__free(history);
	return status;
}

void hvc_history__free(struct hvc_history *history)
{
	if (!history)
		return;
	for (unsigned i = 0; i < history->generations; i++)
		hvc_abi_free(history->abi[i]);
	for (unsigned i = 0; i < history->rows; i++) {
		for (unsigned k = 0; k < history->generations; k++)
			free(history->row[i].cell[k].how);
		free(history->row[i].name);
	}
	free(history->row);
	free(history);
}
