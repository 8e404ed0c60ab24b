/* SPDX-License-Identifier: MIT */
/*
 * Is the installed engine fit for this? A vector table whose slots only read what the exception
 * entry should have set up, called from every level; whatever differs from the architecture
 * disqualifies the engine, by name, before any result is printed.
 */
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/world.h"

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

/* what a host at EL2 reaches by the names of TCR_EL1 */
static const uint32_t host_reader[] = {
        0xd5182041, /* msr TCR_EL1, x1 */
        0xd53d2042, /* mrs x2, TCR_EL12 */
        0xd53c2043, /* mrs x3, TCR_EL2 */
        0xd5382044, /* mrs x4, TCR_EL1 */
        0xd69f03e0, /* eret */
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

enum hvc_status hvc_selftest__judge(const struct hvc_claim *claims, size_t count,
                                    enum hvc_level from, struct hvc_diag *diag)
{
	for (size_t i = 0; i < count; i++)
		if (claims[i].is != claims[i].should)
			return refuse(diag, from, claims[i].what, claims[i].is, claims[i].should);
	return HVC_OK;
}

/* The call returned; hold what EL2 saw and what the caller got against the architecture. */
static enum hvc_status judge(const struct hvc_call *call, const struct hvc_outcome *outcome,
                             struct hvc_diag *diag)
{
	const uint64_t *x = outcome->state.v;
	uint64_t pc = hvc_call__address(call);
	unsigned slot = call->from == HVC_LEVEL_EL2T   ? 0x000
	                : call->from == HVC_LEVEL_EL2H ? 0x200
	                                               : 0x400;
	struct hvc_claim claims[] = {
	        {"outcome", outcome->kind, HVC_OUTCOME_RETURN},
	        {"address returned to", outcome->pc, pc + 4},
	        {"level returned to", outcome->level, call->from},
	        {"CurrentEL", x[0], 2 << 2},
	        {"ESR_EL2", x[1], hvc_arch_esr(call->imm)},
	        {"ELR_EL2", x[2], pc + 4},
	        {"SPSR_EL2", x[3], hvc_call__pstate(call, &outcome->state)},
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

	return hvc_selftest__judge(claims, sizeof claims / sizeof *claims, call->from, diag);
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

/* HCR_EL2.E2H, which vhe.c makes up for: an engine that learned of it would do it twice. */
static enum hvc_status try_host(struct hvc_machine *machine, struct hvc_diag *diag)
{
	struct hvc_outcome outcome;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.x[1] = 0x333;
	HVC_TRY(hvc_machine_call(machine, &call, diag, &outcome));
	return hvc_selftest__judge(
	        (const struct hvc_claim[]){
	                {"outcome under E2H", outcome.kind, HVC_OUTCOME_RETURN},
	                {"TCR_EL12", outcome.state.v[2], 0x111},
	                {"TCR_EL2 under E2H", outcome.state.v[3], 0x333},
	                {"TCR_EL1 under E2H", outcome.state.v[4], 0x333},
	                {"TCR_EL1 after the call", outcome.state.v[HVC_REG_TCR_EL1], 0x111},
	                {"TCR_EL2 after the call", outcome.state.v[HVC_REG_TCR_EL2], 0x333},
	        },
	        6, call.from, diag);
}

static enum hvc_status try_image(const uint32_t *code, size_t size, const struct hvc_world *world,
                                 enum hvc_status (*attempt)(struct hvc_machine *,
                                                            struct hvc_diag *),
                                 struct hvc_diag *diag)
{
	uint8_t table[HVC_VECTOR_TABLE_SIZE] = {0};
	struct hvc_segment segment = {BASE, sizeof table, table, sizeof table};
	struct hvc_machine_config config = {
	        .image = {.segment = &segment, .segments = 1, .vectors = BASE}, .world = world};
	struct hvc_machine *machine;
	enum hvc_status status;

	for (unsigned group = 0; group < 3; group++)
		memcpy(table + group * 0x200u, code, size);
	HVC_TRY(hvc_machine__open(&config, diag, &machine));
	status = attempt(machine, diag);
	hvc_machine_close(machine);
	return status;
}

enum hvc_status hvc_machine__selftest(enum hvc_cpu cpu, struct hvc_diag *diag)
{
	struct hvc_world world;

	hvc_world_init(&world, cpu);
	if (hvc_cpu__is_hyp(cpu))
		return hvc_machine__selftest_hyp(&world, diag);
	HVC_TRY(try_image(reader, sizeof reader, &world, try_levels, diag));
	if (cpu != HVC_CPU_MAX)
		return HVC_OK;
	(void)hvc_world_set(&world, HVC_REG_HCR_EL2, HVC_HCR_RW | HVC_HCR_E2H);
	(void)hvc_world_set(&world, HVC_REG_TCR_EL1, 0x111);
	(void)hvc_world_set(&world, HVC_REG_TCR_EL2, 0x222);
	return try_image(host_reader, sizeof host_reader, &world, try_host, diag);
}

enum hvc_status hvc_machine_selftest(struct hvc_diag *diag)
{
	for (unsigned cpu = 0; cpu < HVC_CPU_COUNT; cpu++)
		HVC_TRY(hvc_machine__selftest((enum hvc_cpu)cpu, diag));
	return HVC_OK;
}
