/* SPDX-License-Identifier: MIT */
#include "cli/value.h"
#include "machine/reg.h"
#include "machine/world.h"

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
bool hvc_value__signed(const char *text, uint64_t max, uint64_t *out)
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

/* A register without a row in the table, by its encoding; or one that has a row after all. */
static bool find_sys(const char *name, struct hvc_setting *setting)
{
	uint8_t *e = setting->extra.encoding;

	if (!hvc_world__sys_name(name, e))
		return false;
	setting->reg = hvc_reg__find_sys(e[0], e[1], e[2], e[3], e[4]);
	return true;
}

bool hvc_value__is_r(const char *text, unsigned *n)
{
	char name[8];

	for (*n = 0; *n < 15; (*n)++) {
		snprintf(name, sizeof(name), "r%u=", *n);
		if (!strncmp(text, name, strlen(name)))
			return true;
	}
	return false;
}

/* Symbols begin with neither a digit nor a sign. */
static bool is_place(const char *text)
{
	return (text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z') ||
	       text[0] == '_' || text[0] == '.' || text[0] == '$';
}

enum hvc_status hvc_value__setting(const char *text, struct hvc_diag *diag, struct hvc_setting *out)
{
	const char *equals = strchr(text, '=');
	struct hvc_setting setting = {.place = NULL};
	char name[32];
	uint64_t max;
	bool pstate;

	if (!equals || equals == text)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--set: '%s' is not REGISTER=VALUE", text);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	setting.reg = find_reg(name, &max);
	if ((setting.reg == HVC_REG_NONE && !find_sys(name, &setting)) ||
	    (size_t)(equals - text) >= sizeof(name))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "--set: no register '%.*s'",
		                    (int)(equals - text), text);
	pstate = setting.reg == HVC_REG_NZCV || setting.reg == HVC_REG_DAIF;
	if (pstate)
		max = hvc_reg_info(setting.reg)->mask;
	if (setting.reg != HVC_REG_NONE && max == UINT64_MAX && is_place(equals + 1))
		setting.place = equals + 1;
	else if (!hvc_value__signed(equals + 1, max, &setting.extra.value) ||
	         (pstate && setting.extra.value & ~max))
		return hvc_diag_set(
		        diag, HVC_E_ARG, NULL, 0, 0,
		        "--set: '%s' is not a value of %s (at most 0x%llx, decimal or 0x)",
		        equals + 1, name, (unsigned long long)max);
	*out = setting;
	return HVC_OK;
}
