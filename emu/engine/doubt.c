/* SPDX-License-Identifier: MIT */
/* Is a fault the subject's, or only that of the world assumed around it? */
#include "hvcheck/doubt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "hvcheck/arch.h"
#include "hvcheck/check.h"

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

enum hvc_assumed hvc_fault__assumed(const struct hvc_world *world, const struct hvc_state *entry,
                                    uint64_t esr, uint64_t far)
{
	if (!is_abort(esr))
		return HVC_ASSUMED_NOT;
	if (near_what(world, entry, far) != HVC_REG_NONE)
		return HVC_ASSUMED_POINTER;
	return far < NULL_PAGE ? HVC_ASSUMED_NULL : HVC_ASSUMED_NOT;
}

bool hvc_fault_is_assumed(const struct hvc_world *world, const struct hvc_state *entry,
                          const struct hvc_invented *invented, uint64_t esr, uint64_t far,
                          uint64_t pc, char why[HVC_DOUBT_TEXT])
{
	enum hvc_assumed assumed = hvc_fault__assumed(world, entry, esr, far);
	const char *name;
	uint64_t value;
	enum hvc_reg reg;

	if (assumed == HVC_ASSUMED_NOT ||
	    (assumed == HVC_ASSUMED_NULL && !hvc_invented_assumptions(invented)))
		return false;
	if (!why)
		return true;
	if (assumed == HVC_ASSUMED_NULL) {
		snprintf(why, HVC_DOUBT_TEXT,
		         "[0x%" PRIx64 "] %s at 0x%" PRIx64 ": a pointer that boot would have set "
		         "is null: --mem PLACE=VALUE for it",
		         far, what_was_done(esr), pc);
		return true;
	}
	reg = near_what(world, entry, far);
	name = hvc_reg_name(reg);
	value = entry->v[reg];
	snprintf(why, HVC_DOUBT_TEXT,
	         "[%s%c0x%" PRIx64 "] %s at 0x%" PRIx64
	         ": --set %s=ADDRESS, or --mem for what is there",
	         name, far < value ? '-' : '+', far < value ? value - far : far - value,
	         what_was_done(esr), pc, name);
	return true;
}

static bool is_finding_assumed(const struct hvc_check *check, const struct hvc_finding *finding,
                               char why[HVC_DOUBT_TEXT])
{
	const struct hvc_check_world *world = &check->world[finding->world];
	const struct hvc_outcome *outcome = &finding->outcome;

	return outcome->kind == HVC_OUTCOME_FAULT &&
	       hvc_fault_is_assumed(&world->world, &world->entry, &world->invented, outcome->esr,
	                            outcome->far, outcome->pc, why);
}

bool hvc_check__doubt(struct hvc_check *check)
{
	struct hvc_doubt *doubt = &check->doubt;
	struct hvc_invented all = {0};
	bool vacuous = true, ok = true;
	char why[HVC_DOUBT_TEXT];

	*doubt = (struct hvc_doubt){.calls = check->total.calls};
	check->findings_assumed = 0;
	for (unsigned i = 0; i < check->worlds; i++) {
		ok &= hvc_invented_merge(&all, &check->world[i].invented) == HVC_OK;
		vacuous &= hvc_doubt_is_vacuous(&check->world[i].doubt);
	}
	doubt->assumptions = hvc_invented_assumptions(&all);
	hvc_invented_free(&all);
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
