/* SPDX-License-Identifier: MIT */
/* What is known of a register at a call site, in words. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "subject/site.h"

/* AAPCS64: the last register that carries an argument, and the last that no one keeps. */
#define ARGUMENTS_LAST 8u
#define SCRATCH_LAST   17u

const char *hvc_value_kind__name(enum hvc_value_kind kind)
{
	static const char *const names[HVC_VALUE_COUNT] = {
	        [HVC_VALUE_UNKNOWN] = "unknown",   [HVC_VALUE_CONSTANT] = "constant",
	        [HVC_VALUE_ADDRESS] = "address",   [HVC_VALUE_ARGUMENT] = "argument",
	        [HVC_VALUE_LOADED] = "loaded",     [HVC_VALUE_SYSTEM] = "system",
	        [HVC_VALUE_RESULT] = "result",     [HVC_VALUE_CLOBBERED] = "clobbered",
	        [HVC_VALUE_COMPUTED] = "computed",
	};

	return (unsigned)kind < HVC_VALUE_COUNT ? names[kind] : "?";
}

bool hvc_value__is_chance(const struct hvc_value *value)
{
	bool scratch =
	        value->kind == HVC_VALUE_ARGUMENT && !(value->drop | value->set | value->plus) &&
	        value->reg > HVC_REG_X0 + ARGUMENTS_LAST && value->reg <= HVC_REG_X0 + SCRATCH_LAST;

	return value->pointer || scratch || value->kinds >> HVC_VALUE_CLOBBERED & 1;
}

void hvc_value__print(enum hvc_reg reg, const struct hvc_value *value, char *text, size_t size)
{
	const char *name = hvc_reg_name(reg);
	char number[HVC_U64_SIZE];
	int used;

	if (value->constants) {
		used = snprintf(text, size, "%s =", name);
		for (unsigned i = 0; i < value->constants && used >= 0 && (size_t)used < size; i++)
			used += snprintf(text + used, size - (size_t)used, "%s %s", i ? " or" : "",
			                 hvc_u64_print(value->constant[i], number));
		return;
	}
	if (value->pointer)
		snprintf(text, size, "%s: pointer left over (used at 0x%" PRIx64 ")", name,
		         value->pointer_at);
	else if (value->kind == HVC_VALUE_ARGUMENT && hvc_value__is_chance(value))
		snprintf(text, size, "%s: never set (holds the caller's %s)", name,
		         hvc_reg_name(value->reg));
	else if (value->kind == HVC_VALUE_ARGUMENT)
		snprintf(text, size, "%s: argument %s%s", name,
		         value->word   ? "low half of "
		         : value->sign ? "sign-extended low half of "
		                       : "",
		         hvc_reg_name(value->reg));
	else if (hvc_value__is_chance(value))
		snprintf(text, size, "%s: left over from a call", name);
	else
		snprintf(text, size, "%s: %s", name, hvc_value_kind__name(value->kind));
	used = (int)strlen(text);
	if (value->drop & ~value->set && !value->pointer && (size_t)used < size)
		used += snprintf(text + used, size - (size_t)used, " & ~0x%" PRIx64,
		                 value->drop & ~value->set);
	if (value->set && !value->pointer && (size_t)used < size)
		used += snprintf(text + used, size - (size_t)used, " | 0x%" PRIx64, value->set);
	if (value->plus && !value->pointer && (size_t)used < size)
		used += snprintf(text + used, size - (size_t)used, " + 0x%" PRIx64, value->plus);
	if (value->at && !value->pointer && (size_t)used < size)
		snprintf(text + used, size - (size_t)used, " at 0x%" PRIx64, value->at);
}
