/* SPDX-License-Identifier: MIT */
/* A comparison of specifications as a migration table. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "report/abi_note.h"

#define COLUMNS 4u

/* A table whose columns are aligned, so that it reads as plain text. */
struct grid {
	struct hvc_words *cell; /* row by row */
	size_t rows;
	bool failed;
};

/* The cells of the next row; NULL when memory ran out. */
static struct hvc_words *add_row(struct grid *grid)
{
	struct hvc_words *grown = realloc(grid->cell, (grid->rows + 1) * COLUMNS * sizeof(*grown));

	if (!grown) {
		grid->failed = true;
		return NULL;
	}
	grid->cell = grown;
	grown += grid->rows++ * COLUMNS;
	memset(grown, 0, COLUMNS * sizeof(*grown));
	return grown;
}

static size_t width_of(const struct hvc_words *cell)
{
	size_t width = hvc_quote__width(hvc_words__text(cell));

	for (const char *c = hvc_words__text(cell); *c; c++)
		width += *c == '|';
	return width;
}

/* Names of specifications have letters, digits and - _ . only, which reads well as it is. */
static void put_cell(FILE *out, const struct hvc_words *cell, size_t width)
{
	const char *text = hvc_words__text(cell);

	fputs("| ", out);
	hvc_quote__put(out, HVC_QUOTE_CODE, text);
	fprintf(out, "%*s", (int)(width - width_of(cell) + 1), "");
}

static void put_rule(FILE *out, const size_t *width)
{
	for (unsigned column = 0; column < COLUMNS; column++) {
		fputs("| ", out);
		for (size_t i = 0; i < width[column]; i++)
			fputc('-', out);
		fputc(' ', out);
	}
	fputs("|\n", out);
}

/* Print and free; false when memory ran out on the way. */
static bool put_grid(FILE *out, struct grid *grid)
{
	size_t width[COLUMNS] = {3, 3, 3, 3};
	bool good = !grid->failed;

	for (size_t i = 0; i < grid->rows * COLUMNS; i++) {
		size_t wide = width_of(&grid->cell[i]);

		good = good && !grid->cell[i].failed;
		if (wide > width[i % COLUMNS])
			width[i % COLUMNS] = wide;
	}
	for (size_t row = 0; good && row < grid->rows; row++) {
		for (unsigned column = 0; column < COLUMNS; column++)
			put_cell(out, &grid->cell[row * COLUMNS + column], width[column]);
		fputs("|\n", out);
		if (!row)
			put_rule(out, width);
	}
	for (size_t i = 0; i < grid->rows * COLUMNS; i++)
		hvc_words__free(&grid->cell[i]);
	free(grid->cell);
	return good;
}

static void add_head(struct grid *grid, const struct hvc_abi_diff *diff, const char *first,
                     const char *last)
{
	struct hvc_words *cell = add_row(grid);

	if (!cell)
		return;
	hvc_words__add(&cell[0], "%s", first);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_words__add(&cell[1 + side], "%s", hvc_abi_name(diff->abi[side]));
	hvc_words__add(&cell[3], "%s", last);
}

static const char *advice(enum hvc_abi_meeting_kind kind)
{
	switch (kind) {
	case HVC_ABI_MEETING_SILENT:
		return "silent: callers must change first";
	case HVC_ABI_MEETING_CHANGED:
		return "same operation, other promise";
	case HVC_ABI_MEETING_NO_PROMISE:
		return "nothing is promised";
	case HVC_ABI_MEETING_REFUSED:
		return "refused";
	case HVC_ABI_MEETING_RENAMED:
		return "renamed";
	case HVC_ABI_MEETING_SAME:
	case HVC_ABI_MEETING_COUNT:
		break;
	}
	return "same";
}

/* Old calls that do not mean the same any more. */
static bool put_meetings(FILE *out, const struct hvc_abi_diff *diff)
{
	struct grid grid = {0};

	add_head(&grid, diff, "Old call", "An old caller");
	for (unsigned i = 0; i < diff->meetings; i++) {
		const struct hvc_abi_meeting *meeting = &diff->meeting[i];
		struct hvc_words *cell;

		if (meeting->kind >= HVC_ABI_MEETING_RENAMED)
			continue;
		cell = add_row(&grid);
		if (!cell)
			break;
		hvc_abi_note__calls(meeting, &cell[0]);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
			hvc_words__add(&cell[1 + side], "%s: ", meeting->rule[side]->name);
			hvc_words__promise(&cell[1 + side], meeting->rule[side]);
		}
		hvc_words__add(&cell[3], "%s", advice(meeting->kind));
	}
	if (grid.rows < 2) {
		fputs("Every old call means what it meant.\n", out);
		for (unsigned i = 0; i < grid.rows * COLUMNS; i++)
			hvc_words__free(&grid.cell[i]);
		free(grid.cell);
		return !grid.failed;
	}
	return put_grid(out, &grid);
}

static void add_use(struct hvc_words *cell, const struct hvc_abi_use *use)
{
	if (!use->rule) {
		hvc_words__add(cell, "-");
		return;
	}
	hvc_words__add(cell, "%s: ", use->how);
	hvc_words__promise(cell, use->rule);
	if (!hvc_regset_empty(&use->rule->clobbers)) {
		struct hvc_words clobbers = {0};

		hvc_words__ranges(&clobbers, &use->rule->clobbers);
		hvc_words__add(cell, "; clobbers %s", hvc_words__text(&clobbers));
		hvc_words__free(&clobbers);
	}
	if (use->instructions)
		hvc_words__add(cell, "; %" PRIu64 " instructions", use->instructions);
}

static bool put_operations(FILE *out, const struct hvc_abi_diff *diff)
{
	struct grid grid = {0};

	add_head(&grid, diff, "Operation", "Change");
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_abi_operation *operation = &diff->operation[i];
		struct hvc_words *cell = add_row(&grid);

		if (!cell)
			break;
		hvc_words__add(&cell[0], "%s", operation->name);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
			add_use(&cell[1 + side], &operation->use[side]);
		hvc_abi_note__operation(operation, &cell[3]);
	}
	return put_grid(out, &grid);
}

enum hvc_status hvc_abi_diff_markdown(FILE *out, const struct hvc_abi_diff *diff,
                                      struct hvc_diag *diag)
{
	struct hvc_abi_counts counts;
	bool good;

	hvc_abi_note__count(diff, &counts);
	fprintf(out, "## From %s to %s\n\n", hvc_abi_name(diff->abi[HVC_SIDE_OLD]),
	        hvc_abi_name(diff->abi[HVC_SIDE_NEW]));
	fprintf(out,
	        "Operations: %u added, %u removed, %u asked for by other calls, %u changed, %u the "
	        "same. Kinds of old call that silently mean something else: %u.\n\n",
	        counts.added, counts.removed, counts.moved, counts.changed, counts.same,
	        counts.silent);
	good = put_meetings(out, diff);
	fputc('\n', out);
	good = put_operations(out, diff) && good;
	if (!good)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}
