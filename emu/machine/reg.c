/* SPDX-License-Identifier: MIT */
/*
 * The table of registers, the only list there is: encoding, class, and the bits that are
 * compared.
 */
#include "machine/reg.h"

#include <strings.h>

#include "machine/cp15.h"
#include "machine/world.h"

#define GPR(n) [HVC_REG_X0 + (n)] = {"x" #n, HVC_CLASS_GPR, {0}, HVC_MASK_ALL}
#define ROW(id, name, class, op0, op1, crn, crm, op2, mask) \
	[HVC_REG_##id] = {name, HVC_CLASS_##class, {op0, op1, crn, crm, op2}, mask},

/* clang-format off */
static const struct hvc_reg_info table[HVC_REG_COUNT] = {
	GPR(0),  GPR(1),  GPR(2),  GPR(3),  GPR(4),  GPR(5),  GPR(6),  GPR(7),
	GPR(8),  GPR(9),  GPR(10), GPR(11), GPR(12), GPR(13), GPR(14), GPR(15),
	GPR(16), GPR(17), GPR(18), GPR(19), GPR(20), GPR(21), GPR(22), GPR(23),
	GPR(24), GPR(25), GPR(26), GPR(27), GPR(28), GPR(29), GPR(30),
	HVC_REG_ROWS(ROW)
};
/* clang-format on */

_Static_assert(HVC_REG_COUNT <= 128, "struct hvc_regset holds 128 registers");

const struct hvc_reg_info *hvc_reg_info(enum hvc_reg reg)
{
	return &table[reg];
}

const char *hvc_reg_name(enum hvc_reg reg)
{
	return reg < HVC_REG_COUNT ? table[reg].name : "none";
}

enum hvc_reg hvc_reg_find(const char *name)
{
	uint8_t t[5];

	if (!strcasecmp(name, "lr"))
		return HVC_REG_X30;
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		if (!strcasecmp(name, table[reg].name))
			return (enum hvc_reg)reg;
	if (hvc_world__sys_name(name, t))
		return hvc_reg__find_sys(t[0], t[1], t[2], t[3], t[4]);
	return hvc_cp15__named(name);
}

enum hvc_reg hvc_reg__find_sys(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2)
{
	for (unsigned reg = HVC_GPR_COUNT; reg < HVC_REG_COUNT; reg++) {
		const uint8_t *row = table[reg].encoding;

		if (row[0] == op0 && row[1] == op1 && row[2] == crn && row[3] == crm &&
		    row[4] == op2)
			return (enum hvc_reg)reg;
	}
	return HVC_REG_NONE;
}
