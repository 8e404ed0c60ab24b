/* SPDX-License-Identifier: MIT */
/** Aligned tables for text reports. A failure sticks, so that only printing returns it. */
#ifndef HVC_REPORT_TABLE_H
#define HVC_REPORT_TABLE_H

#include "report/page.h"
#include "report/words.h"

enum hvc_align {
	HVC_ALIGN_LEFT,
	HVC_ALIGN_RIGHT,
	HVC_ALIGN_WRAP, /**< left; broken over several lines where the page is too narrow */
};

/** Most of a table: all shipped ABIs against one another. */
#define HVC_TABLE_COLUMNS 100u

struct hvc_table;

/**
 * columns: their titles, "Rule|Calls>|What it is~": > is right, ~ is to wrap; a title that is not
 * ours is %s alone. Never fails: memory that ran out is told by hvc_table__print.
 */
struct hvc_table *hvc_table__new(const struct hvc_page *page, const char *columns, ...)
        HVC_PRINTF(2, 3);
/** One more, before the first row. */
void hvc_table__column(struct hvc_table *table, enum hvc_align align, const char *title);
/** Begin the next row. */
void hvc_table__row(struct hvc_table *table);
/** Fill one cell of the present row with text that is quoted here. */
void hvc_table__cell(struct hvc_table *table, unsigned column, enum hvc_ink ink, const char *format,
                     ...) HVC_PRINTF(4, 5);
/** Fill one cell with words, and free them. */
void hvc_table__take(struct hvc_table *table, unsigned column, enum hvc_ink ink,
                     struct hvc_words *words);
/** Cells hold words of specifications only: Markdown leaves them as they are, to be read as text.
 */
void hvc_table__is_plain(struct hvc_table *table);
/** All columns but the first are one thing again and again, such as releases. */
void hvc_table__is_series(struct hvc_table *table);
/** Rows that a list has on one screen. */
#define HVC_TABLE_CAP 20u
/** In text, tell so many rows and how many more there are, where the page is not for all of them.
 */
void hvc_table__cap(struct hvc_table *table);
/** Print and free. */
HVC_MUST_USE enum hvc_status hvc_table__print(struct hvc_table *table, struct hvc_diag *diag);

/** Free without printing. */
void hvc_table__drop(struct hvc_table *table);

#endif
