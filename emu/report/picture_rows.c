/* SPDX-License-Identifier: MIT */
#include "report/picture_rows.h"

#include "hvcheck/arch.h"
#include "machine/world.h"

#include <stdlib.h>
#include <string.h>

/* Callers of the first one's kind: what another exception level meets says nothing of these. */
static unsigned count_pictured(const struct hvc_exact *exact)
{
	const struct hvc_exact_part *first = exact->part;
	unsigned count = 0;

	if (exact->parts && !hvc_level__el(first->from))
		return exact->parts;
	while (count < exact->parts && exact->part[count].insn == first->insn &&
	       hvc_level__el(exact->part[count].from) == hvc_level__el(first->from))
		count++;
	return count;
}

static bool fill_rows(const struct hvc_exact *exact, struct hvc_picture_rows *rows)
{
	unsigned count = 0;

	rows->parts = count_pictured(exact);
	for (unsigned i = 0; i < rows->parts; i++)
		count += exact->part[i].same ? 0 : exact->part[i].rows;
	rows->row = calloc(count + 1, sizeof *rows->row);
	if (!rows->row)
		return false;
	for (unsigned i = 0; i < rows->parts; i++)
		for (unsigned j = 0; !exact->part[i].same && j < exact->part[i].rows; j++) {
			struct hvc_pictured_row *to = &rows->row[rows->rows++];

			to->part = &exact->part[i];
			to->row = &exact->part[i].row[j];
			if (!hvc_exact__immediates(exact, to->row, to->meets))
				return false;
		}
	return true;
}

static bool label_row(void *ctx, uint32_t round, uint32_t *label)
{
	const struct hvc_picture_rows *rows = ctx;
	bool many = false;

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		label[imm] = rows->row[round].meets[imm];
		many = many || label[imm] != label[0];
	}
	return many;
}

bool hvc_picture_rows__meets(const struct hvc_picture_rows *rows, unsigned group, unsigned row)
{
	return rows->row[row].meets[rows->picture.group[group].first];
}

/* A group is shown as the class that it alone meets, or as the last of them: what is rare is told
 * before the rest. */
static void choose_class(struct hvc_picture_rows *rows, unsigned group)
{
	struct hvc_picture_group *is = &rows->picture.group[group];
	unsigned met = 0;

	for (unsigned i = 0; i < rows->rows; i++)
		if (hvc_picture_rows__meets(rows, group, i)) {
			is->class_ = i;
			met++;
		}
	is->mixed = met > 1;
}

enum hvc_status hvc_picture_rows__make(const struct hvc_exact *exact, struct hvc_diag *diag,
                                       struct hvc_picture_rows *out)
{
	struct hvc_picture_rows rows = {0};

	if (!fill_rows(exact, &rows) ||
	    !hvc_picture__part(&rows.picture, rows.rows, label_row, &rows)) {
		hvc_picture_rows__free(&rows);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	for (unsigned i = 0; i < rows.picture.groups; i++)
		choose_class(&rows, i);
	*out = rows;
	return HVC_OK;
}

void hvc_picture_rows__free(struct hvc_picture_rows *rows)
{
	hvc_picture__free(&rows->picture);
	free(rows->row);
	memset(rows, 0, sizeof *rows);
}

void hvc_picture_rows__classes(const struct hvc_picture_rows *rows, unsigned group,
                               struct hvc_words *words)
{
	for (unsigned i = 0; i < rows->rows; i++) {
		unsigned last = i;

		if (!hvc_picture_rows__meets(rows, group, i))
			continue;
		while (last + 1 < rows->rows && hvc_picture_rows__meets(rows, group, last + 1))
			last++;
		hvc_words__add(words, "%s%u", words->length ? ", " : "", i + 1);
		if (last > i)
			hvc_words__add(words, "%s%u", last == i + 1 ? ", " : "-", last + 1);
		i = last;
	}
}

void hvc_picture_rows__callers(struct hvc_words *words, const struct hvc_exact *exact,
                               const struct hvc_picture_rows *rows)
{
	struct hvc_words who = {0};

	if (rows->parts < exact->parts) {
		hvc_exact__callers(&who, exact, exact->part);
		hvc_words__add(words, ", %s", hvc_words__text(&who));
	}
	hvc_words__free(&who);
}
