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

/* Exception classes (Arm ARM D24, ESR_ELx.EC). */
static const char *const classes[64] = {
        [HVC_EC_UNKNOWN] = "unknown reason",
        [0x01] = "wfi or wfe",
        [0x03] = "mcr or mrc, cp15",
        [0x04] = "mcrr or mrrc, cp15",
        [0x05] = "mcr or mrc, cp14",
        [0x06] = "ldc or stc, cp14",
        [HVC_EC_FP] = "fp/simd access",
        [0x09] = "pointer authentication instruction",
        [0x0a] = "ld64b or st64b",
        [0x0c] = "mrrc, cp14",
        [0x0d] = "branch target",
        [HVC_EC_ILLEGAL] = "illegal execution state",
        [HVC_EC_SVC32] = "svc of AArch32",
        [HVC_EC_HVC32] = "hvc of AArch32",
        [HVC_EC_SMC32] = "smc of AArch32",
        [HVC_EC_SVC64] = "svc",
        [HVC_EC_HVC64] = "hvc",
        [HVC_EC_SMC64] = "smc",
        [0x18] = "msr, mrs or system instruction",
        [HVC_EC_SVE] = "sve access",
        [0x1a] = "eret",
        [0x1c] = "pointer authentication failure",
        [HVC_EC_IABT_LOWER] = "instruction abort of a lower level",
        [HVC_EC_IABT_SAME] = "instruction abort",
        [HVC_EC_PC_ALIGN] = "pc alignment",
        [HVC_EC_DABT_LOWER] = "data abort of a lower level",
        [HVC_EC_DABT_SAME] = "data abort",
        [HVC_EC_SP_ALIGN] = "sp alignment",
        [0x28] = "fp exception of AArch32",
        [0x2c] = "fp exception",
        [0x2f] = "serror",
        [0x30] = "breakpoint of a lower level",
        [0x31] = "breakpoint",
        [0x32] = "software step of a lower level",
        [0x33] = "software step",
        [0x34] = "watchpoint of a lower level",
        [0x35] = "watchpoint",
        [0x38] = "bkpt of AArch32",
        [0x3a] = "vector catch of AArch32",
        [HVC_EC_BRK64] = "brk",
};

void hvc_syndrome__print(uint64_t esr, char *text, size_t size)
{
	unsigned ec = hvc_arch_ec(esr), iss = esr & 0x1ffffff;
	struct hvc_text out = {text, size, 0};

	if (!size)
		return;
	text[0] = '\0';
	hvc_text__put(&out, "EC 0x%02x %s, IL %u", ec, classes[ec] ? classes[ec] : "reserved",
	              (unsigned)(esr >> 25 & 1));
	if (ec == HVC_EC_HVC64 || ec == HVC_EC_SMC64 || ec == HVC_EC_SVC64)
		hvc_text__put(&out, ", imm 0x%x", iss & 0xffff);
	else if (iss)
		hvc_text__put(&out, ", ISS 0x%x", iss);
}

static const char *ec_words(unsigned ec)
{
	return ec == HVC_EC_UNKNOWN ? "undefined instruction"
	       : classes[ec]        ? classes[ec]
	                            : "exception";
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

void hvc_outcome__print_end(const struct hvc_outcome *outcome, char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};

	put_end(&out, outcome);
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
