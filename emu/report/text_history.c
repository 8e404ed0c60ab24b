/* SPDX-License-Identifier: MIT */
/* The generations of a family as a table, a row for each call. */
#include "report/history.h"
#include "report/table.h"

static const char *title_of(const struct hvc_history *history, unsigned generation)
{
	const char *name = hvc_abi_name(history->abi[generation]);
	const char *version = hvc_family__version(name);

	return version ? version : name;
}

static void add_row(struct hvc_table *table, const struct hvc_history *history,
                    const struct hvc_history_row *row)
{
	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", row->name);
	for (unsigned i = 0; i < history->generations; i++) {
		const struct hvc_history_cell *cell = &row->cell[i];

		hvc_table__cell(table, 1 + i,
		                cell->other ? HVC_INK_BAD
		                : cell->how ? HVC_INK_PLAIN
		                            : HVC_INK_FAINT,
		                "%s%s", cell->other ? "! " : "", cell->how ? cell->how : "-");
	}
}

/* The first and the last that have it. */
static unsigned count_changed(const struct hvc_history *history)
{
	unsigned count = 0;

	for (unsigned i = 0; i < history->rows; i++)
		for (unsigned k = 0; k < history->generations; k++)
			count += history->row[i].cell[k].other;
	return count;
}

enum hvc_status hvc_history__text(const struct hvc_page *page, const void *of,
                                  struct hvc_diag *diag)
{
	const struct hvc_history *history = of;
	unsigned changed = count_changed(history), used;
	struct hvc_table *table;

	hvc_page__prose(page, 0, 2, "%u generations from %s to %s, %u operations",
	                history->generations, hvc_abi_name(history->abi[0]),
	                hvc_abi_name(history->abi[history->generations - 1]), history->rows);
	used = hvc_page__open(page, 2);
	if (changed) {
		used += hvc_page__print(page, "%s!%s  ", hvc_ink__begin(page, HVC_INK_BAD),
		                        hvc_ink__end(page, HVC_INK_BAD));
		hvc_page__prose(page, used, 2,
		                "%u time%s a call of the generation before silently gets this "
		                "operation instead of its own",
		                changed, changed == 1 ? "" : "s");
	} else {
		hvc_page__prose(page, used, 2,
		                "no call silently gets another operation than its own");
	}
	hvc_page__gap(page);
	table = hvc_table__new(page, "Operation");
	for (unsigned i = 0; i < history->generations; i++)
		hvc_table__column(table, HVC_ALIGN_WRAP, title_of(history, i));
	hvc_table__is_plain(table);
	hvc_table__is_series(table);
	for (unsigned i = 0; i < history->rows; i++)
		add_row(table, history, &history->row[i]);
	return hvc_table__print(table, diag);
}
