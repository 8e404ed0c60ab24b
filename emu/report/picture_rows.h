/* SPDX-License-Identifier: MIT */
/**
 * The picture of an exact map, for its callers of one instruction and exception level, mostly
 * HVC from EL1: immediates of one group meet the same classes of all of them.
 */
#ifndef HVC_REPORT_PICTURE_ROWS_H
#define HVC_REPORT_PICTURE_ROWS_H

#include "report/exact.h"
#include "report/picture.h"

/** A class of the map, numbered through all callers, and where it can be met. */
struct hvc_pictured_row {
	const struct hvc_exact_part *part;
	const struct hvc_row *row;
	bool meets[HVC_IMM_COUNT]; /**< each immediate */
};

struct hvc_picture_rows {
	struct hvc_picture picture; /**< a group's class_ is an index into row */
	struct hvc_pictured_row *row;
	unsigned rows;
	unsigned parts; /**< of the map, the first ones */
};

/** HVC_E_NOMEM. Free with hvc_picture_rows__free. */
HVC_MUST_USE enum hvc_status hvc_picture_rows__make(const struct hvc_exact *exact,
                                                    struct hvc_diag *diag,
                                                    struct hvc_picture_rows *out);
void hvc_picture_rows__free(struct hvc_picture_rows *rows);
/** Can an immediate of the group meet the row? */
bool hvc_picture_rows__meets(const struct hvc_picture_rows *rows, unsigned group, unsigned row);
/** "3", "1, 3-5": numbers of the classes that the group meets, from 1. */
void hvc_picture_rows__classes(const struct hvc_picture_rows *rows, unsigned group,
                               struct hvc_words *words);

/** Where other callers are left out: ", hvc from el1t, el1h". */
void hvc_picture_rows__callers(struct hvc_words *words, const struct hvc_exact *exact,
                               const struct hvc_picture_rows *rows);

#endif
