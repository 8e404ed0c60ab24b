/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/invented.h. */
#ifndef HVC_MACHINE_INVENTED_H
#define HVC_MACHINE_INVENTED_H

#include "hvcheck/invented.h"

/** Do two rows tell of the same thing, however often? */
bool hvc_invention__is_same(const struct hvc_invention *a, const struct hvc_invention *b);

/** Is it an assumption: did an outcome hang on memory that boot would have filled? */
bool hvc_invention__is_assumption(const struct hvc_invention *row);

/**
 * Add one row: to the row of the same thing, or as a new one. HVC_E_NOMEM leaves the account as
 * it was.
 */
HVC_MUST_USE enum hvc_status hvc_invented__add(struct hvc_invented *invented,
                                               const struct hvc_invention *invention);

/** Add all of another account. */
HVC_MUST_USE enum hvc_status hvc_invented__merge(struct hvc_invented *into,
                                                 const struct hvc_invented *from);

/** Rows that are assumptions. */
unsigned hvc_invented__assumptions(const struct hvc_invented *invented);

void hvc_invented__sort(struct hvc_invented *invented);

void hvc_invented__free(struct hvc_invented *invented);

#endif
