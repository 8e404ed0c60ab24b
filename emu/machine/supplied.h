/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/supplied.h. */
#ifndef HVC_MACHINE_SUPPLIED_H
#define HVC_MACHINE_SUPPLIED_H

#include "hvcheck/supplied.h"

/** Do two rows tell of the same thing, however often? */
bool hvc_supply__is_same(const struct hvc_supply *a, const struct hvc_supply *b);

/** Is it an assumption: did an outcome hang on memory that boot would have filled? */
bool hvc_supply__is_assumption(const struct hvc_supply *row);

/**
 * Add one row: to the row of the same thing, or as a new one. HVC_E_NOMEM leaves the account as
 * it was.
 */
HVC_MUST_USE enum hvc_status hvc_supplied__add(struct hvc_supplied *supplied,
                                               const struct hvc_supply *supply);

/** Add all of another account. */
HVC_MUST_USE enum hvc_status hvc_supplied__merge(struct hvc_supplied *into,
                                                 const struct hvc_supplied *from);

/** Rows that are assumptions. */
unsigned hvc_supplied__assumptions(const struct hvc_supplied *supplied);

void hvc_supplied__sort(struct hvc_supplied *supplied);

void hvc_supplied__free(struct hvc_supplied *supplied);

#endif
