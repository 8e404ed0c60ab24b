/* SPDX-License-Identifier: MIT */
/* Is a fault the subject's, or only that of the world assumed around it? */
#include "engine/doubt.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/internal.h"
#include "hvcheck/arch.h"
#include "hvcheck/check.h"
#include "hvcheck/subject.h"
#include "machine/supplied.h"

#define NEAR      UINT64_C(0x10000) /* of what a pointer register holds: stack, per-CPU data */
#define NULL_PAGE UINT64_C(0x1000)

/* Registers that EL2 code takes for a pointer, which boot has set. */
static const enum hvc_reg pointers[] = {
        HVC_REG_TPIDR_EL2,   HVC_REG_SP_EL2,    HVC_REG_TPIDR_EL1, HVC_REG_TPIDR_EL0,
        HVC_REG_TPIDRRO_EL0, HVC_REG_VTTBR_EL2, HVC_REG_TTBR0_EL2, HVC_REG_SP_EL0,
};

static bool is_abort(uint64_t esr)
{
	return esr >> 26 == HVC_EC_DABT_SAME || esr >> 26 == HVC_EC_IABT_SAME;
}

static const char *what_was_done(uint64_t esr)
{
	return esr >> 26 == HVC_EC_IABT_SAME ? "was gone to" : "was read";
}

/* Some have no better value than 0, which is near everything that is null. */
static bool is_near(uint64_t far, uint64_t value)
{
	return value >= NEAR && far - value + NEAR < 2 * NEAR;
}

/* The pointer register that an address is near, and that nobody has set; else HVC_REG_NONE. */
static enum hvc_reg near_what(const struct hvc_world *world, const struct hvc_state *entry,
                              uint64_t far)
{
	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
		if (!hvc_regset_has(&world->given, pointers[i]) &&
		    is_near(far, entry->v[pointers[i]]))
			return pointers[i];
	return HVC_REG_NONE;
}

/*
 * Instructions that the engine takes for UNDEFINED and that a CPU with the extension has: system
 * registers that EL2 has for itself, or shares with EL1 and EL0, and that have a name; SVE; SME. A
 * write to an ID register is UNDEFINED wherever it is. Source: Arm ARM (DDI 0487) C4.1, D24.
 */
static bool is_lacking(uint32_t word)
{
	const unsigned op1 = word >> 16 & 7, crn = word >> 12 & 15;
	char text[128];

	if ((word >> 25 & 15) == 2 || (word & UINT32_C(0x9e000000)) == UINT32_C(0x80000000))
		return true;
	if ((word & UINT32_C(0xffd00000)) != UINT32_C(0xd5100000) ||
	    (op1 != 0 && op1 != 3 && op1 != 4) || (!(word >> 21 & 1) && !crn))
		return false;
	hvc_disasm(0, word, text, sizeof text);
	return !strstr(text, "s2_") && !strstr(text, "s3_");
}

struct hvc_el2_exception hvc_fault__of(const struct hvc_outcome *outcome)
{
	if (outcome->kind != HVC_OUTCOME_FAULT)
		return outcome->answered;
	return (struct hvc_el2_exception){
	        .pc = outcome->pc,
	        .esr = outcome->esr,
	        .far = outcome->far,
	        .word = outcome->word,
	};
}

enum hvc_assumed hvc_fault__assumed(const struct hvc_world *world, const struct hvc_state *entry,
                                    const struct hvc_outcome *outcome)
{
	const struct hvc_el2_exception fault = hvc_fault__of(outcome);

	if (fault.word && is_lacking(fault.word))
		return HVC_ASSUMED_LACKING;
	if (hvc_arch_ec(fault.esr) == HVC_EC_BRK64)
		return outcome->unset ? HVC_ASSUMED_READ : HVC_ASSUMED_NOT;
	if (!is_abort(fault.esr))
		return HVC_ASSUMED_NOT;
	/* What they point to is aligned, whatever it is. */
	if (near_what(world, entry, fault.far) != HVC_REG_NONE)
		return fault.esr & HVC_ESR_ALIGNMENT ? HVC_ASSUMED_NOT : HVC_ASSUMED_POINTER;
	return fault.far < NULL_PAGE ? HVC_ASSUMED_READ : HVC_ASSUMED_NOT;
}

/* The system register in capitals, as the architecture writes it, or what else it is. */
static void name_lacking(uint32_t word, char *name, size_t size)
{
	const bool read = word >> 21 & 1;
	char text[128];
	char *operand;

	if ((word & UINT32_C(0xffd00000)) != UINT32_C(0xd5100000)) {
		snprintf(name, size, "%s", (word >> 25 & 15) == 2 ? "SVE" : "SME");
		return;
	}
	hvc_disasm(0, word, text, sizeof text);
	operand = strchr(text, ' ');
	operand = operand && read ? strrchr(operand, ' ') : operand;
	operand = operand ? operand + 1 : text;
	operand[strcspn(operand, ", ")] = '\0';
	for (char *c = operand; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	snprintf(name, size, "%s", operand);
}

bool hvc_fault__is_assumed(const struct hvc_world *world, const struct hvc_state *entry,
                           const struct hvc_supplied *supplied, const struct hvc_outcome *outcome,
                           char why[HVC_DOUBT_TEXT])
{
	enum hvc_assumed assumed = hvc_fault__assumed(world, entry, outcome);
	const struct hvc_el2_exception fault = hvc_fault__of(outcome);
	const uint64_t far = fault.far, pc = fault.pc;
	char name[128];
	uint64_t value;
	enum hvc_reg reg;

	if (assumed == HVC_ASSUMED_NOT ||
	    (assumed == HVC_ASSUMED_READ && !hvc_supplied__assumptions(supplied)))
		return false;
	if (!why)
		return true;
	if (assumed == HVC_ASSUMED_LACKING) {
		name_lacking(fault.word, name, sizeof name);
		snprintf(why, HVC_DOUBT_TEXT,
		         "not decided: the engine has no %s, which the code at 0x%" PRIx64 " takes",
		         name, pc);
	} else if (assumed == HVC_ASSUMED_READ && !is_abort(fault.esr)) {
		snprintf(why, HVC_DOUBT_TEXT,
		         "BRK at 0x%" PRIx64 ", where memory was read that boot would have set: "
		         "--mem PLACE=VALUE for it",
		         pc);
	} else if (assumed == HVC_ASSUMED_READ) {
		snprintf(why, HVC_DOUBT_TEXT,
		         "[0x%" PRIx64 "] %s at 0x%" PRIx64 ": a pointer that boot would have set "
		         "is null: --mem PLACE=VALUE for it",
		         far, what_was_done(fault.esr), pc);
	} else {
		reg = near_what(world, entry, far);
		value = entry->v[reg];
		snprintf(why, HVC_DOUBT_TEXT,
		         "[%s%c0x%" PRIx64 "] %s at 0x%" PRIx64
		         ": --set %s=ADDRESS, or --mem for what is there",
		         hvc_reg_name(reg), far < value ? '-' : '+',
		         far < value ? value - far : far - value, what_was_done(fault.esr), pc,
		         hvc_reg_name(reg));
	}
	return true;
}

static bool is_finding_assumed(const struct hvc_check *check, const struct hvc_finding *finding,
                               char why[HVC_DOUBT_TEXT])
{
	const struct hvc_check_world *world = &check->world[finding->world];
	const struct hvc_el2_exception fault = hvc_fault__of(&finding->outcome);

	if (hvc_fault__is_assumed(&world->world, &world->entry, &world->supplied, &finding->outcome,
	                          why))
		return true;
	/* What boot patches and sets is not in the image: who can tell what a handler makes of it?
	 */
	if (!finding->sampled || (!fault.esr && finding->outcome.kind != HVC_OUTCOME_LIMIT))
		return false;
	if (why)
		snprintf(why, HVC_DOUBT_TEXT,
		         "not decided: %s at 0x%" PRIx64
		         " in a handler that was not followed, in code that has not booted",
		         fault.esr ? "the exception" : "the budget's end",
		         fault.esr ? fault.pc : finding->outcome.pc);
	return true;
}

bool hvc_rule__is_lacking(const struct hvc_rule *rule, const struct hvc_regset *const *present,
                          unsigned worlds, char why[HVC_DOUBT_TEXT])
{
	for (unsigned i = 0; i < rule->results; i++) {
		const enum hvc_reg reg = rule->result[i].reg;
		bool has = false, asked = false;

		for (unsigned w = 0; w < worlds; w++) {
			if (!present[w] || !(rule->worlds >> w & 1))
				continue;
			asked = true;
			has |= hvc_regset_has(present[w], reg);
		}
		if (!asked || has)
			continue;
		snprintf(why, HVC_DOUBT_TEXT,
		         "not decided: rule %s promises %s, which the CPU model has not",
		         rule->name, hvc_reg_name(reg));
		return true;
	}
	return false;
}

bool hvc_check__doubt(struct hvc_check *check)
{
	struct hvc_doubt *doubt = &check->doubt;
	struct hvc_supplied all = {0};
	bool vacuous = true, ok = true;
	char why[HVC_DOUBT_TEXT];

	*doubt = (struct hvc_doubt){.calls = check->total.calls};
	check->findings_assumed = 0;
	for (unsigned i = 0; i < check->worlds; i++) {
		ok &= hvc_supplied__merge(&all, &check->world[i].supplied) == HVC_OK;
		vacuous &= hvc_doubt_is_vacuous(&check->world[i].doubt);
	}
	doubt->assumptions = hvc_supplied__assumptions(&all);
	hvc_supplied__free(&all);
	for (unsigned i = 0; i < check->findings; i++) {
		if (!is_finding_assumed(check, &check->finding[i], why))
			continue;
		if (!check->findings_assumed++)
			memcpy(doubt->why, why, sizeof why);
		doubt->faults += check->finding[i].calls;
	}
	if (vacuous && check->worlds) {
		memcpy(doubt->why, check->world[0].doubt.why, sizeof doubt->why);
		doubt->faults = doubt->calls;
	}
	return ok;
}
