/* SPDX-License-Identifier: MIT */
/** What a table is made of, for the files that print it. Internal to them. */
#ifndef HVC_REPORT_TABLE_CELL_H
#define HVC_REPORT_TABLE_CELL_H

#include "report/table.h"

struct hvc_table_cell {
	char *text;
	enum hvc_ink ink;
};

struct hvc_table {
	const struct hvc_page *page;
	char *title[HVC_TABLE_COLUMNS];
	enum hvc_align align[HVC_TABLE_COLUMNS];
	unsigned columns;
	struct hvc_table_cell *cell; /* row by row */
	size_t rows, room;
	size_t cap, more; /* rows that are told, and those that are not; no cap: 0 */
	bool plain;       /* no cell has markup of its own */
	bool series;      /* columns go on from one another */
	bool failed;
};

/** Of a cell; "" where it has none. */
const char *hvc_table__text(const struct hvc_table *table, size_t row, unsigned column);
/** Columns that UTF-8 text takes, all of whose characters are one wide. */
unsigned hvc_table__width(const char *text, size_t length);
/** The width of the widest line of a column whose cells are wrapped at a width; 0: at each word. */
unsigned hvc_table__widest(const struct hvc_table *table, unsigned column, unsigned width);
/** Print it as text; false when memory runs out. */
bool hvc_table__put_text(const struct hvc_table *table);

#endif
