/* SPDX-License-Identifier: MIT */
/** Values on the command line: the whole of the text, or nothing. */
#ifndef HVC_CLI_VALUE_H
#define HVC_CLI_VALUE_H

#include "hvcheck/world.h"

/** Decimal or 0x hexadecimal, at most max; no sign, no space. False leaves out alone. */
bool hvc_value__number(const char *text, uint64_t max, uint64_t *out);
/** The same with a '-' before it, in two's complement of the width of max. */
bool hvc_value__signed(const char *text, uint64_t max, uint64_t *out);

/** Does the text begin with "r0=" to "r14="? */
bool hvc_value__is_r(const char *text, unsigned *n);

/** What REGISTER=VALUE says. */
struct hvc_setting {
	enum hvc_reg reg; /**< HVC_REG_NONE: a system register without a row, extra.encoding */
	struct hvc_extra extra; /**< its value, of either kind */
	const char *place;      /**< where VALUE is the name of a place; else NULL */
};

/**
 * "x0=0x1", "w0=1", "lr=0", "x1=-1", "hcr_el2=0x80000000", "sp_el2=stack+0x1000",
 * "s3_4_c12_c11_0=1". wN sets the whole of xN, as writing wN does.
 */
HVC_MUST_USE enum hvc_status hvc_value__setting(const char *text, struct hvc_diag *diag,
                                                struct hvc_setting *out);

#endif
