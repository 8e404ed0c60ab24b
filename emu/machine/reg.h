/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/reg.h. */
#ifndef HVC_MACHINE_REG_H
#define HVC_MACHINE_REG_H

#include "hvcheck/reg.h"

/** Register reached by an MRS/MSR encoding; HVC_REG_NONE when it is not in the table. */
enum hvc_reg hvc_reg__find_sys(unsigned op0, unsigned op1, unsigned crn, unsigned crm,
                               unsigned op2);

/** "q7", "fpcr", "dbgbcr0_el1", "s3_4_c15_c0_0". Cut to size. Returns text. */
const char *hvc_other__name(hvc_other other, char *text, size_t size);

/** Of a name, upper case or lower; 0: it is none, or has a row. */
hvc_other hvc_other__find(const char *name);

#endif
