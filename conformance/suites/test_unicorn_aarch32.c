/* SPDX-License-Identifier: MIT */
/* unicorn_hyp.h: Hyp mode; and unicorn_aarch32.h: an engine for code in AArch32 state, beside the
 * one that has EL2. */
#include "hvcheck/unicorn_aarch32.h"
#include "hvcheck/unicorn_hyp.h"
#include "suite.h"

#define PAGE UINT64_C(0x10000000)
#define EL2  UINT64_C(0x20000000) /* its vectors */

static uc_engine *uc;
static struct hvc_uc_entry entry;

static uint64_t x(int n)
{
	return hvc_uc_get(&entry.cpu, UC_ARM64_REG_X0 + n);
}

/* Slot 0x600: mov x0, #7; mrs x2, esr_el2; mrs x3, elr_el2; mrs x4, spsr_el2; eret */
static void open_engine(void)
{
	static const uint32_t slot[] = {0xd28000e0, 0xd53c5202, 0xd53c4023, 0xd53c4004, 0xd69f03e0};
	static const struct hvc_uc_entry empty;

	entry = empty;
	ck_assert_int_eq(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc), UC_ERR_OK);
	ck_assert_int_eq(hvc_uc_attach(&entry, uc, PAGE), UC_ERR_OK);
	ck_assert_int_eq(uc_mem_map(uc, EL2, 0x1000, UC_PROT_ALL), UC_ERR_OK);
	ck_assert_int_eq(uc_mem_write(uc, EL2 + 0x600, slot, sizeof(slot)), UC_ERR_OK);
	hvc_uc_set(&entry.cpu, UC_ARM64_REG_VBAR_EL2, EL2);
}

#define ARM 0x8000u

static void on_arm(uc_engine *arm, uint32_t number, void *ctx)
{
	*(uint32_t *)ctx = number;
	uc_emu_stop(arm);
}

static void put_arm(uc_engine *arm, int reg, uint32_t value)
{
	ck_assert_int_eq(uc_reg_write(arm, reg, &value), UC_ERR_OK);
}

static uint32_t get_arm(uc_engine *arm, int reg)
{
	uint32_t value = 0;

	ck_assert_int_eq(uc_reg_read(arm, reg, &value), UC_ERR_OK);
	return value;
}

static uc_engine *open_arm(uint32_t *number)
{
	uc_arm_cp_reg scr = {.cp = 15, .crn = 1, .crm = 1, .val = 0x101};
	union {
		void (*function)(uc_engine *, uint32_t, void *);
		void *object;
	} hook = {.function = on_arm};
	uc_engine *arm;
	uc_hook handle;

	ck_assert_int_eq(uc_open(UC_ARCH_ARM, UC_MODE_ARM, &arm), UC_ERR_OK);
	ck_assert_int_eq(uc_ctl_set_cpu_model(arm, UC_CPU_ARM_CORTEX_A15), UC_ERR_OK);
	ck_assert_int_eq(uc_mem_map(arm, ARM, 0x1000, UC_PROT_ALL), UC_ERR_OK);
	ck_assert_int_eq(uc_reg_write(arm, UC_ARM_REG_CP_REG, &scr), UC_ERR_OK);
	ck_assert_int_eq(uc_hook_add(arm, &handle, UC_HOOK_INTR, hook.object, number, (uint64_t)1,
	                             (uint64_t)0),
	                 UC_ERR_OK);
	return arm;
}

/* From A32 and T32 to EL2, every bank where the architecture has it, and back. */
TEST(callers_in_aarch32_state)
{
	static const uint32_t a32[] = {0xe3a0c01d, 0xe140ea71, 0xe2800001}; /* mov, hvc, add */
	static const uint16_t t32[] = {0x0000, 0xf04f, 0x0c1d, 0xf7e0, 0x8ea1, 0x3001};

	for (unsigned t = 0; t < 2; t++) {
		uint32_t number = 0, psr = 0xa80501d3u | (t ? 0x20u : 0);
		uc_engine *arm = open_arm(&number);
		uint64_t pc = ARM + (t ? 3 : 0);

		open_engine();
		ck_assert_int_eq(t ? uc_mem_write(arm, ARM, t32, sizeof(t32))
		                   : uc_mem_write(arm, ARM, a32, sizeof(a32)),
		                 UC_ERR_OK);
		put_arm(arm, UC_ARM_REG_CPSR, (psr & ~0x3fu) | HVC_MODE_IRQ);
		put_arm(arm, UC_ARM_REG_SP, 0x1700);
		put_arm(arm, UC_ARM_REG_CPSR, (psr & ~0x3fu) | HVC_MODE_FIQ);
		put_arm(arm, UC_ARM_REG_R8, 0x2400);
		put_arm(arm, UC_ARM_REG_CPSR, psr & ~0x20u);
		put_arm(arm, UC_ARM_REG_SP, 0x1900);
		put_arm(arm, UC_ARM_REG_LR, 0x1800);
		ck_assert_int_eq(uc_emu_start(arm, pc, ARM + 0x100, 0, 0), UC_ERR_OK);
		ck_assert_uint_eq(number, 11);
		hvc_uc_set(&entry.cpu, UC_ARM64_REG_X12, UINT64_C(0xdead00000000));
		ck_assert(hvc_uc_call_aarch32(&entry, arm));
		ck_assert_int_eq(hvc_uc_run(&entry, EL2 + 0x610), UC_ERR_OK);
		ck_assert_uint_eq(x(2), 0x4a000ea1);
		ck_assert_uint_eq(x(3), ARM + (t ? 10 : 8));
		ck_assert_uint_eq(x(4), psr);
		ck_assert_uint_eq(x(12), UINT64_C(0xdead0000001d));
		ck_assert_uint_eq(x(17), 0x1700);
		ck_assert_uint_eq(x(18), 0x1800);
		ck_assert_uint_eq(x(19), 0x1900);
		ck_assert_uint_eq(x(24), 0x2400);
		hvc_uc_set(&entry.cpu, UC_ARM64_REG_X17, 0x1717);
		ck_assert(hvc_uc_eret_aarch32(&entry, arm, &pc));
		ck_assert_uint_eq(pc, ARM + (t ? 11 : 8));
		ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_CPSR), psr);
		ck_assert_int_eq(uc_emu_start(arm, pc, ARM + 12, 0, 0), UC_ERR_OK);
		ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_R0), 8);
		ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_SP), 0x1900);
		put_arm(arm, UC_ARM_REG_CPSR, (psr & ~0x3fu) | HVC_MODE_IRQ);
		ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_SP), 0x1717);
		hvc_uc_detach(&entry);
		uc_close(uc);
		uc_close(arm);
	}
}

#define HVBAR 0x9000u

/* Callers and handlers of either instruction set, all immediates: HSR, LR and SP as they should be.
 */
TEST(hvc_to_hyp_mode)
{
	/* mrc p15, 4, r0, c5, c2, 0; mrs r1, elr_hyp; mrs r2, spsr; mov r3, sp; eret */
	static const uint32_t a32[] = {0xee950f12, 0xe10e1300, 0xe14f2000, 0xe1a0300d, 0xe160006e},
	                      t32[] = {0x0f12ee95, 0x8130f3ee, 0x8200f3ff, 0xbf00466b, 0x8f00f3de};

	for (unsigned i = 0; i < 4; i++) {
		const bool from_t32 = i & 1, te = i & 2;
		uint32_t psr = 0x680501d3u | (from_t32 ? 0x20u : 0), word, number = 0;
		uint64_t hvbar = HVBAR, hsctlr = 0;
		uc_engine *arm = open_arm(&number);
		struct hvc_uc_hyp hyp = {0};

		ck_assert_int_eq(hvc_uc_attach_hyp(&hyp, arm, PAGE), UC_ERR_OK);
		ck_assert_int_eq(uc_mem_map(arm, HVBAR, 0x1000, UC_PROT_ALL), UC_ERR_OK);
		ck_assert_int_eq(uc_mem_write(arm, HVBAR + 0x14, te ? t32 : a32, sizeof(a32)),
		                 UC_ERR_OK);
		hvc_uc_hyp_cp15(&hyp, 4, 12, 0, 0, true, &hvbar);
		hvc_uc_hyp_cp15(&hyp, 4, 1, 0, 0, false, &hsctlr);
		hsctlr = te ? hsctlr | HVC_HSCTLR_TE : hsctlr & ~HVC_HSCTLR_TE;
		hvc_uc_hyp_cp15(&hyp, 4, 1, 0, 0, true, &hsctlr);
		for (unsigned imm = 0; imm < 0x10000; imm += 251) {
			word = from_t32
			               ? hvc_aarch32_swap_t32(hvc_aarch32_encode_t32((uint16_t)imm))
			               : hvc_aarch32_encode_a32((uint16_t)imm);
			ck_assert_int_eq(uc_mem_write(arm, ARM + 4, &word, 4), UC_ERR_OK);
			uc_ctl_remove_cache(arm, ARM, ARM + 16);
			put_arm(arm, UC_ARM_REG_CPSR, psr & ~0x20u);
			put_arm(arm, UC_ARM_REG_LR, 0x1800);
			put_arm(arm, UC_ARM_REG_SP, 0x1900);
			put_arm(arm, UC_ARM_REG_CPSR, psr);
			ck_assert_int_eq(uc_emu_start(arm, (ARM + 4) | from_t32, ARM + 8, 0, 0),
			                 UC_ERR_OK);
			ck_assert_uint_eq(hyp.refused, 0);
			ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_R0), 0x4a000000u | imm);
			ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_R1), ARM + 8);
			ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_R2), psr);
			ck_assert_uint_ne(get_arm(arm, UC_ARM_REG_R3), 0x1900);
			ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_LR), 0x1800);
			ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_SP), 0x1900);
			ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_CPSR), psr);
		}
		ck_assert_uint_eq(hyp.taken, 0x10000 / 251 + 1);
		hvc_uc_detach_hyp(&hyp);
		uc_close(arm);
	}
}

/* A trapped SMC goes to 0x14 with its own address; from Hyp mode an HVC goes to 0x08, UDF to 0x04.
 */
TEST(other_exceptions_to_hyp_mode)
{
	/* at 0x14: udf #0; at 0x04: hvc #7; at 0x08: svc #5, then b . */
	static const uint32_t slots[] = {0xeafffffe, 0xe1400077, 0xeafffffe,
	                                 0xeafffffe, 0xeafffffe, 0xe7f000f0};
	uint32_t number = 0, smc = 0xe1600073;
	uint64_t hvbar = HVBAR, hcr = HVC_HCR_TSC, hsr = 0;
	uc_engine *arm = open_arm(&number);
	struct hvc_uc_hyp hyp = {0};

	ck_assert_int_eq(hvc_uc_attach_hyp(&hyp, arm, PAGE), UC_ERR_OK);
	ck_assert_int_eq(uc_mem_map(arm, HVBAR, 0x1000, UC_PROT_ALL), UC_ERR_OK);
	ck_assert_int_eq(uc_mem_write(arm, HVBAR, slots, sizeof(slots)), UC_ERR_OK);
	ck_assert_int_eq(uc_mem_write(arm, ARM, &smc, 4), UC_ERR_OK);
	hvc_uc_hyp_cp15(&hyp, 4, 12, 0, 0, true, &hvbar);
	hvc_uc_hyp_cp15(&hyp, 4, 1, 1, 0, true, &hcr);
	ck_assert_int_eq(hvc_uc_run_hyp(&hyp, ARM, HVBAR + 8), UC_ERR_OK);
	ck_assert_uint_eq(hyp.refused, 0);
	ck_assert_uint_eq(hyp.taken, 3);
	hvc_uc_hyp_cp15(&hyp, 4, 5, 2, 0, false, &hsr);
	ck_assert_uint_eq(hsr, 0x4a000007);
	ck_assert_uint_eq(get_arm(arm, UC_ARM_REG_PC), HVBAR + 8);
	hvc_uc_detach_hyp(&hyp);
	uc_close(arm);
}

SUITE_MAIN("unicorn_aarch32")
