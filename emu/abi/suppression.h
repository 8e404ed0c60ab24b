/* SPDX-License-Identifier: MIT */
/**
 * Suppressions: findings that somebody has looked at and lets stand until a day, from a YAML
 * file. The format is in emu/report/README.md.
 */
#ifndef HVC_ABI_SUPPRESSION_H
#define HVC_ABI_SUPPRESSION_H

#include <stdbool.h>

#include "hvcheck/hvc.h"

/** One entry of the file. Text that an entry does not have is "". */
struct hvc_suppression {
	const char *rule;        /**< a finding rule: "check-result" */
	const char *about;       /**< shell pattern: rule of the ABI, operation, function */
	const char *subject;     /**< shell pattern: as findings name the subject */
	const char *fingerprint; /**< of one finding */
	const char *reason, *owner;
	unsigned expires; /**< the last day on which it holds: 20270131 */
	unsigned line, column;
};

struct hvc_suppressions;

/** Load a file, or parse text (name is used in diagnostics): errors as for an ABI. */
HVC_MUST_USE enum hvc_status hvc_suppressions__load(const char *path, struct hvc_diag *diag,
                                                    struct hvc_suppressions **out);
HVC_MUST_USE enum hvc_status hvc_suppressions__parse(const char *text, size_t size,
                                                     const char *name, struct hvc_diag *diag,
                                                     struct hvc_suppressions **out);
void hvc_suppressions__free(struct hvc_suppressions *suppressions);

/** The name it was loaded by. */
const char *hvc_suppressions__name(const struct hvc_suppressions *suppressions);
/** Entry i in file order; NULL past the end. */
const struct hvc_suppression *hvc_suppressions__at(const struct hvc_suppressions *suppressions,
                                                   unsigned i);

/** "2027-01-31" as 20270131; 0 when it is no day of the calendar. */
unsigned hvc_day__parse(const char *text);

#endif
