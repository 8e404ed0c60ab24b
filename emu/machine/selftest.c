/* SPDX-License-Identifier: MIT */
/*
 * Is the installed engine fit for this? A vector table whose slots only read what the exception
 * entry should have set up, called from every level; whatever differs from the architecture
 * disqualifies the engine, by name, before any result is printed.
 */
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"

#define BASE UINT64_C(0x10000000)
#define IMM  0xa5c3

/* x0..x9 := what EL2 sees on entry */
static const uint32_t reader[] = {
        0xd5384240, /* mrs x0, CurrentEL */
        0xd53c5201, /* mrs x1, ESR_EL2 */
        0xd53c4022, /* mrs x2, ELR_EL2 */
        0xd53c4003, /* mrs x3, SPSR_EL2 */
        0xd5384204, /* mrs x4, SPSel */
        0x910003e5, /* mov x5, sp */
        0xd53b4226, /* mrs x6, DAIF */
        0x10000007, /* adr x7, . */
        0xd53c4108, /* mrs x8, SP_EL1 */
        0xd5384109, /* mrs x9, SP_EL0 */
        0xd69f03e0, /* eret */
};

struct claim {
	const char *what;
	uint64_t is, should;
};

static enum hvc_status refuse(struct hvc_diag *diag, enum hvc_level from, const char *what,
                              uint64_t is, uint64_t should)
{
	return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
	                    "%s is not fit: HVC from %s: %s is 0x%llx, the architecture says "
	                    "0x%llx",
	                    hvc_engine__name(), hvc_level_name(from), what, (unsigned long long)is,
	                    (unsigned long long)should);
}

/* The call returned; hold what EL2 saw and what the caller got against the architecture. */
static enum hvc_status judge(const struct hvc_call *call, const struct hvc_outcome *outcome,
                             struct hvc_diag *diag)
{
	const uint64_t *x = outcome->state.v;
	uint64_t pc = hvc_call_address(call);
	unsigned slot = call->from == HVC_LEVEL_EL2T   ? 0x000
	                : call->from == HVC_LEVEL_EL2H ? 0x200
	                                               : 0x400;
	struct claim claims[] = {
	        {"outcome", outcome->kind, HVC_OUTCOME_RETURN},
	        {"address returned to", outcome->pc, pc + 4},
	        {"level returned to", outcome->level, call->from},
	        {"CurrentEL", x[0], 2 << 2},
	        {"ESR_EL2", x[1], hvc_arch_esr(call->imm)},
	        {"ELR_EL2", x[2], pc + 4},
	        {"SPSR_EL2", x[3], hvc_call__pstate(call)},
	        {"SPSel", x[4], 1},
	        {"SP at EL2", x[5], HVC_STACK_EL2},
	        {"DAIF", x[6], HVC_PSTATE_DAIF},
	        {"vector offset", x[7] - 0x1c - BASE, slot},
	        {"SP_EL1", x[8], HVC_STACK_EL1},
	        {"SP_EL0", x[9], HVC_STACK_EL0},
	        {"NZCV after ERET", x[HVC_REG_NZCV], call->nzcv},
	        {"DAIF after ERET", x[HVC_REG_DAIF], call->daif},
	        {"x10 after ERET", x[10], call->x[10]},
	        {"x30 after ERET", x[30], call->x[30]},
	        {"SP_EL2 after ERET", x[HVC_REG_SP_EL2], HVC_STACK_EL2},
	        {"SP_EL1 after ERET", x[HVC_REG_SP_EL1], HVC_STACK_EL1},
	        {"SP_EL0 after ERET", x[HVC_REG_SP_EL0], HVC_STACK_EL0},
	        {"ELR_EL1 after ERET", x[HVC_REG_ELR_EL1], UINT64_C(0x1e10000000001000)},
	};

	for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
		if (claims[i].is != claims[i].should)
			return refuse(diag, call->from, claims[i].what, claims[i].is,
			              claims[i].should);
	return HVC_OK;
}

/* Every level in both orders, so that each change of level happens. */
static enum hvc_status try_levels(struct hvc_machine *machine, struct hvc_diag *diag)
{
	static const enum hvc_level order[] = {HVC_LEVEL_EL1H, HVC_LEVEL_EL1T, HVC_LEVEL_EL2H,
	                                       HVC_LEVEL_EL2T, HVC_LEVEL_EL1H, HVC_LEVEL_EL0,
	                                       HVC_LEVEL_EL2H, HVC_LEVEL_EL0,  HVC_LEVEL_EL1T};
	struct hvc_outcome outcome;
	struct hvc_call call;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		hvc_call_init(&call, i);
		call.from = order[i];
		call.imm = IMM;
		HVC_TRY(hvc_machine_call(machine, &call, diag, &outcome));
		if (order[i] != HVC_LEVEL_EL0)
			HVC_TRY(judge(&call, &outcome, diag));
		else if (outcome.kind != HVC_OUTCOME_UNDEFINED)
			return refuse(diag, order[i], "outcome", outcome.kind,
			              HVC_OUTCOME_UNDEFINED);
		HVC_TRY(hvc_machine_reset(machine, diag));
	}
	return HVC_OK;
}

enum hvc_status hvc_machine_selftest(struct hvc_diag *diag)
{
	uint8_t table[HVC_VECTOR_TABLE_SIZE] = {0};
	struct hvc_segment segment = {BASE, sizeof table, table, sizeof table};
	struct hvc_machine_config config = {.image = {&segment, 1, BASE}};
	struct hvc_machine *machine;
	enum hvc_status status;

	for (unsigned group = 0; group < 3; group++)
		memcpy(table + group * 0x200u, reader, sizeof reader);
	HVC_TRY(hvc_machine__open(&config, diag, &machine));
	status = try_levels(machine, diag);
	hvc_machine_close(machine);
	return status;
}
