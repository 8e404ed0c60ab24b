/* SPDX-License-Identifier: MIT */
/*
 * What is told of one call site, whatever it is held to: its answers, what is wrong with it, whom
 * its identifiers belong to.
 */
#include "engine/callers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Function identifiers below this are small numbers, or of conventions older than SMCCC. */
#define FIRST_IDENTIFIER UINT64_C(0x02000000)

unsigned hvc_caller__kind_of(uint64_t value)
{
	if (value < FIRST_IDENTIFIER || value > UINT32_MAX)
		return 0;
	/* Fast or not, and the owner; 32 and 64 bits are one. */
	return 1 + (unsigned)(value >> 24 & 0xbf);
}

const char *hvc_caller__owner_of_imm(const struct hvc_registry *registry, uint16_t imm)
{
	const struct hvc_known *known = hvc_known__find_imm(registry, imm, NULL);

	return known ? known->owner : "";
}

/* Whose it is where one is known alone; of several that of the owning entity. */
const char *hvc_caller__owner_of_fid(const struct hvc_registry *registry, uint64_t value)
{
	const struct hvc_known *known = NULL, *function = NULL, *entity = NULL;
	unsigned functions = 0;

	if (value > UINT32_MAX)
		return "";
	while ((known = hvc_known__find_fid(registry, (uint32_t)value, known)) != NULL) {
		if (known->kind == HVC_KNOWN_ENTITY)
			entity = known;
		else if (functions++ == 0)
			function = known;
	}
	if (functions == 1)
		return function->owner;
	return entity ? entity->owner : functions ? "several owners" : "";
}

bool hvc_caller__answer(struct hvc_caller *caller, const struct hvc_rule *rule, const char *text,
                        bool unknown)
{
	struct hvc_caller_answer *grown;

	for (unsigned i = 0; i < caller->answers; i++) {
		if (!strcmp(caller->answer[i].text, text))
			return true;
	}
	grown = realloc(caller->answer, (caller->answers + 1) * sizeof(*grown));
	if (!grown)
		return false;
	caller->answer = grown;
	grown[caller->answers] = (struct hvc_caller_answer){rule, strdup(text), unknown};
	return grown[caller->answers++].text != NULL;
}

bool hvc_caller__issue(struct hvc_caller *caller, enum hvc_caller_issue_kind kind, enum hvc_reg reg,
                       uint64_t at, const char *format, ...)
{
	struct hvc_caller_issue *grown =
	        realloc(caller->issue, (caller->issues + 1) * sizeof(*grown));
	struct hvc_caller_issue *issue;
	va_list args;

	if (!grown)
		return false;
	caller->issue = grown;
	issue = &grown[caller->issues++];
	*issue = (struct hvc_caller_issue){.kind = kind, .reg = reg, .at = at};
	va_start(args, format);
	vsnprintf(issue->text, sizeof(issue->text), format, args);
	va_end(args);
	return true;
}

/* Was the register set before the first of several calls, and not for those that follow? */
static bool is_carried(const struct hvc_site *site, unsigned n)
{
	const unsigned set = 1u << HVC_VALUE_CONSTANT | 1u << HVC_VALUE_ADDRESS |
	                     1u << HVC_VALUE_LOADED | 1u << HVC_VALUE_COMPUTED |
	                     1u << HVC_VALUE_SYSTEM;

	return site->after.again >> n & 1 && site->x[n].kinds & set;
}

bool hvc_caller__clobbers(struct hvc_caller *caller, uint32_t set)
{
	const struct hvc_after *after = &caller->site->after;
	/* AAPCS64: x19 and those above it; AAPCS32: r4 and those above it. */
	const unsigned kept = caller->site->isa == HVC_ISA_A64 ? 19 : 4;
	bool good = true;

	for (unsigned n = 0; n < HVC_GPR_COUNT && good; n++) {
		enum hvc_reg reg = (enum hvc_reg)(HVC_REG_X0 + n);

		if (!(set >> n & 1))
			continue;
		if ((after->read & ~after->saved) >> n & 1)
			good = hvc_caller__issue(caller, HVC_CALLER_CLOBBERED, reg, after->at[n],
			                         "%s is read after the call, at 0x%" PRIx64
			                         ", and the call may change it",
			                         hvc_reg_name(reg), after->at[n]);
		else if (is_carried(caller->site, n))
			good = hvc_caller__issue(caller, HVC_CALLER_CLOBBERED, reg, 0,
			                         "%s is set before the first call of a loop, and "
			                         "the call may change it before the next",
			                         hvc_reg_name(reg));
		else if (n >= kept && after->returned >> n & 1)
			good = hvc_caller__issue(caller, HVC_CALLER_CLOBBERED, reg, 0,
			                         "%s belongs to the function's caller, and the "
			                         "call may change it",
			                         hvc_reg_name(reg));
	}
	return good;
}

/* A result that is there in vain. */
static bool lost(struct hvc_caller *caller, enum hvc_reg reg)
{
	uint64_t at = caller->site->after.lost_at[reg], late = caller->site->after.late_at[reg];

	if (late)
		return hvc_caller__issue(caller, HVC_CALLER_RESULT, reg, late,
		                         "%s, a result of the call, is read at 0x%" PRIx64
		                         " after a function has been called that may change it",
		                         hvc_reg_name(reg), late);
	if (at)
		return hvc_caller__issue(caller, HVC_CALLER_RESULT, reg, at,
		                         "%s, a result of the call, is overwritten at 0x%" PRIx64
		                         " before anybody reads it",
		                         hvc_reg_name(reg), at);
	return hvc_caller__issue(caller, HVC_CALLER_RESULT, reg, 0,
	                         "%s holds a result that nothing looks at", hvc_reg_name(reg));
}

bool hvc_caller__result(struct hvc_caller *caller, enum hvc_reg reg)
{
	const struct hvc_after *after = &caller->site->after;
	uint32_t used = after->read | after->stored | after->passed | after->returned;

	if (after->late_at[reg])
		return lost(caller, reg);
	if (!after->goes_on || used >> reg & 1)
		return true;
	return lost(caller, reg);
}

bool hvc_caller__data(struct hvc_caller *caller, uint32_t data)
{
	const struct hvc_after *after = &caller->site->after;
	bool good = true;

	for (unsigned n = 0; n < HVC_GPR_COUNT && good; n++) {
		bool late = false;

		if (data >> n & 1 && after->late_at[n]) {
			good = lost(caller, (enum hvc_reg)(HVC_REG_X0 + n));
			continue;
		}
		if (!(data >> n & 1) || (after->read | after->stored) >> n & 1 ||
		    !after->lost_at[n])
			continue;
		/* Who reads the next ones later had a use for this one. */
		for (unsigned i = n + 1; i < HVC_GPR_COUNT; i++)
			late |= (data & after->read) >> i & 1 && after->at[i] > after->lost_at[n];
		if (late)
			good = lost(caller, (enum hvc_reg)(HVC_REG_X0 + n));
	}
	return good;
}

bool hvc_caller__chance(struct hvc_caller *caller, enum hvc_reg reg)
{
	const struct hvc_value *value = &caller->site->x[reg];
	char text[96];

	hvc_value__print(reg, value, text, sizeof(text));
	return hvc_caller__issue(caller, HVC_CALLER_SELECTOR, reg,
	                         value->pointer ? value->pointer_at : value->at,
	                         "%s selects the call, and is uninitialised: %s", hvc_reg_name(reg),
	                         strchr(text, ':') ? strchr(text, ':') + 2 : text);
}
