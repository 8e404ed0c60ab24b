/* SPDX-License-Identifier: MIT */
/** Values on the command line: the whole of the text, or nothing. */
#ifndef HVC_CLI_VALUE_H
#define HVC_CLI_VALUE_H

#include "hvcheck/reg.h"

/** Decimal or 0x hexadecimal, at most max; no sign, no space. False leaves out alone. */
bool hvc_value__number(const char *text, uint64_t max, uint64_t *out);
/**
 * "x0=0x1", "w0=1", "lr=0", "x1=-1", "hcr_el2=0x80000000". wN sets the whole of xN, as writing
 * wN does.
 */
HVC_MUST_USE enum hvc_status hvc_value__setting(const char *text, struct hvc_diag *diag,
                                                enum hvc_reg *reg, uint64_t *value);

#endif
