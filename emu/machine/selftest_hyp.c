/* SPDX-License-Identifier: MIT */
/* The self-test of an AArch32 CPU: what Hyp mode finds, and what callers find after an ERET. */

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/exception_hyp.h"
#include "machine/internal.h"
#include "machine/outcome.h"

#define BASE UINT64_C(0x10000000)
#define IMM  0xa5c3

/* r0..r8 := what Hyp mode sees on entry */
static const uint32_t reader[] = {
        0xeafffffe, /* b . */
        0xeafffffe, /* b . */
        0xea000004, /* b call */
        0xeafffffe, /* b . */
        0xeafffffe, /* b . */
        0xea000003, /* b trap */
        0xeafffffe, /* b . */
        0xeafffffe, /* b . */
        0xe3a05008, /* call: mov r5, #8 */
        0xea000000, /* b common */
        0xe3a05014, /* trap: mov r5, #0x14 */
        0xe10f0000, /* common: mrs r0, cpsr */
        0xee951f12, /* mrc p15, 4, r1, c5, c2, 0 (HSR) */
        0xe10e2300, /* mrs r2, elr_hyp */
        0xe14f3000, /* mrs r3, spsr */
        0xe1a0400d, /* mov r4, sp */
        0xe1036300, /* mrs r6, sp_svc */
        0xe1027300, /* mrs r7, lr_svc */
        0xe1a0800e, /* mov r8, lr */
        0xee1caf10, /* mrc p15, 0, r10, c12, c0, 0 (VBAR) */
        0xe160006e, /* eret */
};

static enum hvc_status judge(const struct hvc_machine *machine, const struct hvc_call *call,
                             const struct hvc_outcome *outcome, struct hvc_diag *diag)
{
	const uint64_t *v = outcome->state.v, sp = hvc_harness32(HVC_STACK_EL2);
	const uint64_t pc = hvc_call__address(call);
	const bool hyp = call->from == HVC_LEVEL_EL2_HYP;
	const uint64_t kept = HVC_PSR_NZCV | HVC_PSR_Q | HVC_PSR_GE;
	const uint64_t psr = hvc_call__pstate(call, &machine->entry);
	const struct hvc_claim claims[] = {
	        {"outcome", outcome->kind, HVC_OUTCOME_RETURN},
	        {"address returned to", outcome->pc, pc + 4},
	        {"mode returned to", outcome->level, call->from},
	        /* MRS tells neither the execution state bits nor, in Hyp mode, less of the mode */
	        {"CPSR", v[0] & ~HVC_PSR_E, (psr & kept) | HVC_PSR_AIF | HVC_MODE_HYP},
	        {"HSR", v[1], hvc_call__esr(call)},
	        {"ELR_hyp", v[2], pc + 4},
	        {"SPSR_hyp", v[3], psr},
	        {"SP_hyp", v[4], sp},
	        {"vector offset", v[5], hyp ? HVC_HYP_CALL : HVC_HYP_TRAP},
	        {"SP_svc", v[6], call->x[hvc_aarch32_x(HVC_MODE_SVC, 13)]},
	        {"LR_svc", v[7], call->x[hvc_aarch32_x(HVC_MODE_SVC, 14)]},
	        {"LR_usr", v[8], call->x[14]},
	        {"VBAR", v[10], machine->entry.v[HVC_REG_VBAR_EL1]},
	        {"NZCV after ERET", v[HVC_REG_NZCV], call->nzcv},
	        {"r9 after ERET", v[9], call->x[9]},
	        {"SP_usr after ERET", v[13], call->x[13]},
	        {"LR_usr after ERET", v[14], call->x[14]},
	        {"LR_svc after ERET", v[18], call->x[18]},
	        {"r8_fiq after ERET", v[24], call->x[24]},
	        {"SP_fiq after ERET", v[29], call->x[29]},
	        {"SP_hyp after ERET", v[HVC_REG_SP_EL2], sp},
	        {"SPSR_svc after ERET", v[HVC_REG_SPSR_EL1], machine->entry.v[HVC_REG_SPSR_EL1]},
	};

	return hvc_selftest__judge(claims, sizeof claims / sizeof *claims, call->from, diag);
}

/* Each mode and both instruction sets, so that each change of mode happens. */
static enum hvc_status attempt(struct hvc_machine *machine, struct hvc_diag *diag)
{
	static const enum hvc_level order[] = {HVC_LEVEL_EL1_SVC, HVC_LEVEL_EL2_HYP,
	                                       HVC_LEVEL_EL1_FIQ, HVC_LEVEL_EL0_USR,
	                                       HVC_LEVEL_EL2_HYP, HVC_LEVEL_EL1_SVC};

	for (unsigned i = 0; i < 2 * sizeof order / sizeof *order; i++) {
		struct hvc_outcome outcome;
		struct hvc_call call;

		hvc_call_init(&call, i);
		call.from = order[i / 2];
		call.insn = i & 1 ? HVC_INSN_HVC_T32 : HVC_INSN_HVC_A32;
		call.imm = IMM;
		hvc_call__fit(&call, machine->world.cpu);
		HVC_TRY(hvc_machine_call(machine, &call, diag, &outcome));
		if (call.from != HVC_LEVEL_EL0_USR) {
			HVC_TRY(judge(machine, &call, &outcome, diag));
		} else {
			const struct hvc_claim claim = {"outcome", outcome.kind,
			                                HVC_OUTCOME_UNDEFINED};

			HVC_TRY(hvc_selftest__judge(&claim, 1, call.from, diag));
		}
		HVC_TRY(hvc_machine_reset(machine, diag));
	}
	return HVC_OK;
}

enum hvc_status hvc_machine__selftest_hyp(const struct hvc_world *world, struct hvc_diag *diag)
{
	struct hvc_segment segment = {BASE, sizeof reader, (const uint8_t *)reader, sizeof reader};
	struct hvc_machine_config config = {
	        .image = {.segment = &segment, .segments = 1, .vectors = BASE, .aarch32 = true},
	        .world = world,
	};
	struct hvc_machine *machine;
	enum hvc_status status;

	HVC_TRY(hvc_machine__open(&config, diag, &machine));
	status = attempt(machine, diag);
	hvc_machine_close(machine);
	return status;
}
