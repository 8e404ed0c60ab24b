/* SPDX-License-Identifier: MIT */
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

bool hvc_fault_is_assumed(const struct hvc_world *world, const struct hvc_state *entry,
                          const struct hvc_invented *invented, uint64_t esr, uint64_t far,
                          uint64_t pc, char why[HVC_DOUBT_TEXT])
{
	char none[HVC_DOUBT_TEXT];

	if (!is_abort(esr))
		return false;
	if (!why)
		why = none;
	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
		const enum hvc_reg reg = pointers[i];
		const char *name = hvc_reg_name(reg);
		const uint64_t value = entry->v[reg];

		if (hvc_regset_has(&world->given, reg) || !is_near(far, value))
			continue;
		snprintf(why, HVC_DOUBT_TEXT,
		         "[%s%c0x%" PRIx64 "] %s at 0x%" PRIx64
		         ": --set %s=ADDRESS, or --mem for what is there",
		         name, far < value ? '-' : '+', far < value ? value - far : far - value,
		         what_was_done(esr), pc, name);
		return true;
	}
	if (far >= NULL_PAGE || !hvc_invented_assumptions(invented))
		return false;
	snprintf(why, HVC_DOUBT_TEXT,
	         "[0x%" PRIx64 "] %s at 0x%" PRIx64
	         ": a pointer that boot would have set is null: --mem PLACE=VALUE for it",
	         far, what_was_done(esr), pc);
	return true;
}

/* A call of the class says where it faults, whatever terms it is told in. */
static bool is_assumed(const struct hvc_map *map, const struct hvc_run *run,
                       char why[HVC_DOUBT_TEXT])
{
	const struct hvc_class *class_ = &map->class_[run->class_];
	struct hvc_outcome outcome;
	struct hvc_call call;

	if (class_->kind != HVC_OUTCOME_FAULT)
		return false;
	hvc_map_call(map, run->probe, run->lo, &call);
	hvc_class_apply(class_, &map->entry, &call, &outcome);
	return hvc_fault_is_assumed(&map->world, &map->entry, &map->invented, outcome.esr,
	                            outcome.far, outcome.pc, why);
}

bool hvc_map__doubt(struct hvc_map *map)
{
	struct hvc_doubt *doubt = &map->doubt;
	bool *met = calloc(map->classes + 1, sizeof *met);

	if (!met)
		return false;
	*doubt = (struct hvc_doubt){.assumptions = hvc_invented_assumptions(&map->invented)};
	for (size_t i = 0; i < map->runs; i++) {
		const struct hvc_run *run = &map->run[i];
		char why[HVC_DOUBT_TEXT];

		if (met[run->class_])
			continue;
		met[run->class_] = true;
		doubt->calls += map->class_[run->class_].calls;
		if (!is_assumed(map, run, why))
			continue;
		if (!doubt->faults)
			memcpy(doubt->why, why, sizeof why);
		doubt->faults += map->class_[run->class_].calls;
	}
	free(met);
	return true;
}

static bool is_finding_assumed(const struct hvc_check *check, const struct hvc_finding *finding,
                               char why[HVC_DOUBT_TEXT])
{
	const struct hvc_map *map = check->map[finding->world];
	struct hvc_call call = finding->probe.call;
	struct hvc_outcome outcome;

	if (finding->outcome.kind != HVC_OUTCOME_FAULT)
		return false;
	call.imm = finding->imm;
	hvc_class_apply(&finding->outcome, &map->entry, &call, &outcome);
	return hvc_fault_is_assumed(&map->world, &map->entry, &map->invented, outcome.esr,
	                            outcome.far, outcome.pc, why);
}

bool hvc_check__doubt(struct hvc_check *check)
{
	struct hvc_doubt *doubt = &check->doubt;
	struct hvc_invented all = {0};
	bool vacuous = true, ok = true;
	char why[HVC_DOUBT_TEXT];

	*doubt = (struct hvc_doubt){.calls = check->total.calls};
	check->findings_assumed = 0;
	for (unsigned i = 0; i < check->maps; i++) {
		ok &= hvc_invented_merge(&all, &check->map[i]->invented) == HVC_OK;
		vacuous &= hvc_doubt_is_vacuous(&check->map[i]->doubt);
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
	if (vacuous && check->maps) {
		memcpy(doubt->why, check->map[0]->doubt.why, sizeof doubt->why);
		doubt->faults = doubt->calls;
	}
	return ok;
}
