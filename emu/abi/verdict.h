/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/verdict.h. */
#ifndef HVC_ABI_VERDICT_H
#define HVC_ABI_VERDICT_H

#include "hvcheck/verdict.h"

/** Do both say the same, but for values? */
bool hvc_verdict__same(const struct hvc_verdict *a, const struct hvc_verdict *b);

/** The name of its register, "" for none. Cut to size. Returns text. */
const char *hvc_verdict__register(const struct hvc_verdict *verdict, char *text, size_t size);

/** The same of the promise that is broken after `skip` others; none: conforms. */
void hvc_verdict__judge_after(const struct hvc_abi *abi, unsigned world,
                              const struct hvc_state *entry, const struct hvc_regset *present,
                              const struct hvc_call *call, const struct hvc_outcome *outcome,
                              unsigned skip, struct hvc_verdict *out);

#endif
