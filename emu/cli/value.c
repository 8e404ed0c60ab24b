/* SPDX-License-Identifier: MIT */
#include "cli/value.h"

#include <stdio.h>
#include <string.h>

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

bool hvc_value__number(const char *text, uint64_t max, uint64_t *out)
{
	int base = 10;
	uint64_t value = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = digit_of(*text);

		if (digit >= base || value > (max - (uint64_t)digit) / (uint64_t)base ||
		    (uint64_t)digit > max)
			return false;
		value = value * (uint64_t)base + (uint64_t)digit;
	}
	*out = value;
	return true;
}

/* -N is the two's complement, down to the least signed number of that width. */
static bool signed_number(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t value;

	if (text[0] != '-')
		return hvc_value__number(text, max, out);
	if (!hvc_value__number(text + 1, max / 2 + 1, &value))
		return false;
	*out = (0 - value) & max;
	return true;
}

static enum hvc_reg find_reg(const char *name, uint64_t *max)
{
	char wide[32];

	*max = UINT64_MAX;
	if ((name[0] == 'w' || name[0] == 'W') && strlen(name) < sizeof(wide)) {
		snprintf(wide, sizeof(wide), "x%s", name + 1);
		*max = UINT32_MAX;
		return hvc_reg_find(wide);
	}
	return hvc_reg_find(name);
}

enum hvc_status hvc_value__setting(const char *text, struct hvc_diag *diag, enum hvc_reg *reg,
                                   uint64_t *value)
{
	const char *equals = strchr(text, '=');
	char name[32];
	enum hvc_reg found;
	uint64_t max, number;

	if (!equals || equals == text)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--set: '%s' is not REGISTER=VALUE", text);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	found = find_reg(name, &max);
	if (found == HVC_REG_NONE || (size_t)(equals - text) >= sizeof(name))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--set: no register '%.*s'",
		                    (int)(equals - text), text);
	if (found == HVC_REG_NZCV || found == HVC_REG_DAIF)
		max = hvc_reg_info(found)->mask;
	if (!signed_number(equals + 1, max, &number) ||
	    ((found == HVC_REG_NZCV || found == HVC_REG_DAIF) && number & ~max))
		return hvc_diag_set(
		        diag, HVC_E_ARG, NULL, 0, 0,
		        "--set: '%s' is not a value of %s (at most 0x%llx, decimal or 0x)",
		        equals + 1, name, (unsigned long long)max);
	*reg = found;
	*value = number;
	return HVC_OK;
}
