/* SPDX-License-Identifier: MIT */
/* unicorn_aarch32.h: an engine for code in AArch32 state, beside the one that has EL2. */
#include "hvcheck/unicorn_aarch32.h"
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

SUITE_MAIN("unicorn_aarch32")
