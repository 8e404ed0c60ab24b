/* SPDX-License-Identifier: MIT */
/* What came of one call, in words; and which registers are looked at. */
#include <inttypes.h>
#include <stdio.h>

#include "base/number.h"
#include "engine/call.h"
#include "engine/internal.h"
#include "machine/reg.h"
#include "machine/world.h"
#include "symbolic/set.h"

void hvc_masks__of(const struct hvc_regset *present, struct hvc_masks *out)
{
	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		const struct hvc_reg_info *info = hvc_reg_info((enum hvc_reg)i);
		bool seen = hvc_regset_has(present, (enum hvc_reg)i) &&
		            info->class_ != HVC_CLASS_EXCEPTION && i != HVC_REG_SCR_EL3;

		out->v[i] = seen ? info->mask : 0;
	}
}

static const char *ec_words(unsigned ec)
{
	switch (ec) {
	case HVC_EC_UNKNOWN:
		return "undefined instruction";
	case HVC_EC_ILLEGAL:
		return "illegal execution state";
	case HVC_EC_SVC64:
		return "svc";
	case HVC_EC_HVC64:
		return "hvc";
	case HVC_EC_SMC64:
		return "smc";
	case HVC_EC_IABT_SAME:
		return "instruction abort";
	case HVC_EC_PC_ALIGN:
		return "pc alignment";
	case HVC_EC_DABT_SAME:
		return "data abort";
	case HVC_EC_BRK64:
		return "brk";
	default:
		return "exception";
	}
}

static void put_end(struct hvc_text *out, const struct hvc_outcome *outcome)
{
	unsigned ec = hvc_arch_ec(outcome->esr);

	hvc_text__put(out, "%s", hvc_outcome_name(outcome->kind));
	switch (outcome->kind) {
	case HVC_OUTCOME_JUMP:
	case HVC_OUTCOME_HANDOFF:
		hvc_text__put(out, " to 0x%" PRIx64 " at %s", outcome->pc,
		              hvc_level_name(outcome->level));
		break;
	case HVC_OUTCOME_SPIN:
	case HVC_OUTCOME_LIMIT:
	case HVC_OUTCOME_FORWARD:
	case HVC_OUTCOME_FAILED:
		hvc_text__put(out, " at 0x%" PRIx64, outcome->pc);
		break;
	case HVC_OUTCOME_FAULT:
		hvc_text__put(out, ": %s at 0x%" PRIx64, ec_words(ec), outcome->pc);
		if (ec == HVC_EC_DABT_SAME)
			hvc_text__put(out, " on 0x%" PRIx64, outcome->far);
		break;
	default:
		break;
	}
}

/* Every exception masks DAIF; while the PE is still at EL2 that says nothing. */
static bool goes_without_saying(const struct hvc_outcome *outcome, enum hvc_reg reg, uint64_t value)
{
	return reg == HVC_REG_DAIF && value == HVC_PSTATE_DAIF &&
	       hvc_level__el(outcome->level) == 2 && outcome->kind != HVC_OUTCOME_RETURN &&
	       outcome->kind != HVC_OUTCOME_RETRY;
}

void hvc_outcome__print(const struct hvc_outcome *outcome, const struct hvc_state *before,
                        const struct hvc_regset *present, char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};
	struct hvc_masks masks;
	char name[24], number[HVC_U64_SIZE];

	if (!size)
		return;
	text[0] = '\0';
	put_end(&out, outcome);
	if (outcome->kind == HVC_OUTCOME_FAILED)
		return;
	hvc_masks__of(present, &masks);
	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		uint64_t value = outcome->state.v[i] & masks.v[i];

		if (value != (before->v[i] & masks.v[i]) &&
		    !goes_without_saying(outcome, (enum hvc_reg)i, value))
			hvc_text__put(&out, ", %s := %s", hvc_reg_name((enum hvc_reg)i),
			              hvc_u64_print(value, number));
	}
	for (unsigned i = 0; i < outcome->stores && i < HVC_STORE_MAX; i++)
		hvc_text__put(&out, ", [0x%" PRIx64 "] := %s (%u byte%s)",
		              outcome->store[i].address,
		              hvc_u64_print(outcome->store[i].value, number),
		              outcome->store[i].size, outcome->store[i].size == 1 ? "" : "s");
	if (outcome->stores > HVC_STORE_MAX)
		hvc_text__put(&out, ", and %u more stores", outcome->stores - HVC_STORE_MAX);
	for (unsigned i = 0; i < outcome->others.count && i < HVC_OTHERS_TOLD; i++)
		hvc_text__put(&out, "%s %s", i ? "," : ", changes",
		              hvc_other__name(outcome->others.which[i], name, sizeof name));
}

void hvc_term__print(const struct hvc_term *term, char *text, size_t size)
{
	char number[HVC_U64_SIZE];

	if (term->kind == HVC_TERM_CONST)
		snprintf(text, size, "%s", hvc_u64_print(term->value, number));
	else if (term->kind == HVC_TERM_REG)
		snprintf(text, size, "%s", hvc_reg_name(term->reg));
	else
		snprintf(text, size, "imm");
}
