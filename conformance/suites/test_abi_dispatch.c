/* SPDX-License-Identifier: MIT */
/* How the shipped specifications of other systems divide the immediates and the selectors. */
#include <inttypes.h>

#include "abi/abi.h"
#include "abi/expr.h"
#include "hvcheck/arch.h"
#include "shipped.h"

static const struct hvc_rule *rule_for(const struct hvc_abi *abi, unsigned imm, unsigned reg,
                                       uint64_t value)
{
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.imm = (uint16_t)imm;
	call.x[reg] = value;
	return rule_of(abi, 0, &call);
}

/* Number of immediates, x0 and x16 being no call's, that one rule takes. */
static unsigned count_imms(const struct hvc_abi *abi, const char *name)
{
	unsigned count = 0;

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		struct hvc_call call;
		int index;

		hvc_call_init(&call, 0);
		call.imm = (uint16_t)imm;
		index = hvc_abi__rule_of(abi, 0, &call);
		count += index >= 0 && !strcmp(hvc_abi_rule_at(abi, (unsigned)index)->name, name);
	}
	return count;
}

TEST(partitions_of_the_immediates)
{
	static const struct {
		const char *abi, *rule;
		unsigned imms;
	} rows[] = {
	        {"xen", "unknown_imm", 65534},
	        {"xen", "unknown", 1},
	        {"xen", "smccc_unknown", 1},
	        {"xen-debug", "unknown_imm", 65534 - 256},
	        {"xen-debug", "debug_print_reg", 16},
	        {"xen-debug", "debug_trap", 256 - 19},
	        {"jailhouse", "unknown", 1},
	        {"jailhouse", "unknown_imm", 65535},
	        {"gunyah", "unknown", 1},
	        {"gunyah", "unknown_imm", 65535 - 512},
	        {"gunyah", "hole", 6},
	        {"gunyah", "hole_documented", 6},
	        {"gunyah", "reserved", 0x200 - 0x69},
	        {"uvmm", "unknown", 2},
	        {"uvmm", "unknown_imm", 65534},
	        {"zircon-init", "unknown_imm", 65528},
	        {"m1n1", "el1_vector", 16},
	        {"m1n1", "unknown_imm", 65519},
	        {"smccc-1.0", "unknown_imm", 65535},
	        {"smccc-1.3", "unknown", 1},
	        {"psci-0.1", "unknown_imm", 65535},
	        /* the immediate is not looked at */
	        {"kvm-guest", "unknown", 65536},
	        {"kvm-guest-old", "unknown", 65536},
	        {"hafnium", "unknown", 65536},
	        {"bao", "unknown_class", 65536},
	        {"xvisor", "unknown", 65536},
	        {"prtos", "unknown", 65536},
	        {"hvisor", "unknown", 65536},
	        {"genode-stub", "unknown", 65536},
	        {"freebsd-stub", "set_vectors", 65536},
	        {"freebsd-vmm", "unknown", 65536},
	        {"bsd-spin", "hang", 65536},
	        {"linux-kvm-6.19", "unknown", 65536},
	        {"linux-kvm-init-6.8", "unknown", 65536},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_abi *abi = load(rows[i].abi);
		unsigned imms = count_imms(abi, rows[i].rule);

		ck_assert_msg(imms == rows[i].imms, "%s, %s: %u immediates, not %u", rows[i].abi,
		              rows[i].rule, imms, rows[i].imms);
		hvc_abi_free(abi);
	}
}

/* What each one makes of the same number with dirty upper bits, and of masked bits. */
static const struct {
	const char *abi;
	unsigned imm, reg;
	uint64_t value;
	const char *rule;
} selections[] = {
        {"xen", 0xea1, 16, 17, "xen_version"},
        {"xen", 0xea1, 16, UINT64_C(0x100000011), "unknown"},
        {"xen", 0xea1, 16, 11, "unknown"},
        {"xen", 0, 0, UINT64_C(0xdead000080008000), "arch_workaround_1"},
        {"xen", 0, 0, 0x80008000, "arch_workaround_1"},
        {"jailhouse", 0x4a48, 0, 8, "console_putc"},
        {"jailhouse", 0x4a48, 0, UINT64_C(0x100000008), "unknown"},
        {"smccc-1.1", 0, 0, UINT64_C(0xffffffff80000000), "smccc_version"},
        {"smccc-1.1", 0, 0, 0x80010000, "unknown"},
        {"smccc-1.1", 0, 0, 0xc4010003, "unknown_64"},
        {"smccc-1.3", 0, 0, 0x80010000, "smccc_version"},
        {"smccc-1.3", 0, 0, 0x80020000, "unknown"},
        {"smccc-1.3", 0, 0, 0xc4010003, "psci_cpu_on"},
        {"smccc-1.3", 0, 0, 0xc4000000, "unknown_64"},
        {"smccc-1.3", 0, 0, 0xb900ff01, "query"},
        {"smccc-1.3", 0, 0, 2, "unknown"},
        {"psci-0.1", 0, 0, 0x95c1ba5e, "psci_cpu_suspend"},
        {"psci-0.1", 0, 0, 0x95c1ba5d, "unknown"},
        {"kvm-guest", 0xea1, 0, UINT64_C(0x180000000), "smccc_version"},
        {"kvm-guest", 0, 0, 0x80010000, "unknown"},
        {"gunyah", 0, 0, UINT64_C(0x1c6018001), "smccc_hypercall"},
        {"gunyah", 0, 0, 0xc6028001, "unknown"},
        {"gunyah", 0, 0, 0xc6008008, "smccc_vendor_only"},
        {"hafnium", 7, 0, 0x1ff04, "interrupt_get"},
        {"hafnium", 7, 0, UINT64_C(0x10000ff04), "unknown"},
        {"hafnium", 7, 0, UINT64_C(0x184010063), "ffa"},
        {"hafnium", 7, 0, 0x84000078, "unknown"},
        {"bao", 1, 0, UINT64_C(0x7c6000001), "ipc"},
        {"bao", 1, 0, 0xc6010001, "unknown_class"},
        {"bao", 1, 0, 0x86000003, "unknown"},
        {"xvisor", 1, 0, UINT64_C(0x184000003), "psci_cpu_on"},
        {"prtos", 1, 0, UINT64_C(0x10000002d), "raise_trap"},
        {"prtos", 1, 0, 46, "unknown"},
        {"hvisor", 1, 0, 86, "virtio_get_irq"},
        {"hvisor", 1, 0, 85, "unknown"},
        {"uvmm", 1, 0, 0xc6000000, "vm_print"},
        {"uvmm", 1, 0, 0xc6000001, "unknown"},
        {"uvmm", 0, 0, 0x86000000, "unknown"},
        {"uvmm", 0, 0, UINT64_C(0x184000000), "psci_upper"},
        {"linux-kvm-5.10", 9, 0, 0xc600000e, "vgic_v3_restore_aprs"},
        {"linux-kvm-5.10", 9, 0, 0xc601000e, "unknown"},
        {"linux-kvm-5.10", 9, 0, UINT64_C(0x1c600000e), "unknown"},
        {"linux-kvm-5.10", 9, 0, 3, "unknown"},
        {"linux-kvm-6.1", 9, 0, 3, "stub_error"},
        {"linux-kvm-6.1", 9, 0, 4, "unknown"},
        {"linux-kvm-6.1", 9, 0, 0xc6000000, "unknown"},
        {"linux-kvm-6.1", 9, 0, 0xc6000017, "unknown"},
        {"linux-kvm-6.19", 9, 0, 4, "stub_error"},
        {"linux-kvm-6.19", 9, 0, 0x10004, "unknown"},
        {"linux-kvm-6.19", 9, 0, 0xc6010022, "pkvm_tlb_flush_vmid"},
        {"linux-kvm-6.19", 9, 0, 0xc6000023, "unknown"},
        {"linux-kvm-init-5.12", 9, 0, 0xc6010000, "unknown"},
        {"linux-kvm-init-6.8", 9, 0, 0xc6010000, "kvm_hyp_init"},
        {"freebsd-vmm", 9, 0, 0x11, "s2_tlbi_all"},
        {"freebsd-vmm", 9, 0, UINT64_C(0x100000011), "unknown"},
};

TEST(widths_and_masks_of_the_selectors)
{
	for (unsigned i = 0; i < sizeof selections / sizeof *selections; i++) {
		struct hvc_abi *abi = load(selections[i].abi);
		const struct hvc_rule *rule =
		        rule_for(abi, selections[i].imm, selections[i].reg, selections[i].value);

		ck_assert_msg(!strcmp(rule->name, selections[i].rule),
		              "%s, imm 0x%x, x%u 0x%" PRIx64 ": %s, not %s", selections[i].abi,
		              selections[i].imm, selections[i].reg, selections[i].value, rule->name,
		              selections[i].rule);
		hvc_abi_free(abi);
	}
}

/* The same call number means another function in each release of KVM's. */
TEST(numbers_of_kvm_move)
{
	static const struct {
		const char *function;
		uint64_t id[3]; /* 5.10, 6.1, 6.19; 0 where there is none */
	} rows[] = {
	        {"vcpu_run", {0xc6000001, 0xc600000c, 0xc6000011}},
	        {"flush_vm_context", {0xc6000002, 0xc600000d, 0xc6000012}},
	        {"tlb_flush_vmid", {0xc6000004, 0xc600000f, 0xc6000015}},
	        {"flush_cpu_context", {0xc6000005, 0xc6000010, 0xc6000017}},
	        {"timer_set_cntvoff", {0xc6000006, 0xc6000011, 0xc6000018}},
	        {"enable_ssbs", {0xc6000007, 0xc6000005, 0xc6000004}},
	        {"get_mdcr_el2", {0xc600000c, 0xc6000001, 0}},
	        {"pkvm_init", {0, 0xc6000002, 0xc6000001}},
	        {"pkvm_prot_finalize", {0, 0xc6000008, 0xc6000007}},
	        {"pkvm_vcpu_init_traps", {0, 0xc6000016, 0}},
	};
	static const char *const names[] = {"linux-kvm-5.10", "linux-kvm-6.1", "linux-kvm-6.19"};

	for (unsigned k = 0; k < 3; k++) {
		struct hvc_abi *abi = load(names[k]);

		for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
			if (rows[i].id[k])
				ck_assert_str_eq(rule_for(abi, 0, 0, rows[i].id[k])->name,
				                 rows[i].function);
		hvc_abi_free(abi);
	}
}

/* The answer to what is nobody's: five kinds in all. */
TEST(answers_to_the_unknown)
{
	static const struct {
		const char *abi;
		unsigned imm;
		enum hvc_outcome_kind outcome;
		uint64_t x0; /* for return: its result; 1 where x0 is kept */
	} rows[] = {
	        {"xen", 0x7777, HVC_OUTCOME_INJECT, 0},
	        {"xen", 0xffff, HVC_OUTCOME_INJECT, 0},
	        {"xen-debug", 0xffff, HVC_OUTCOME_RETURN, 1},
	        {"xen", 0xea1, HVC_OUTCOME_RETURN, -(uint64_t)38},
	        {"xen", 0, HVC_OUTCOME_RETURN, UINT64_MAX},
	        {"jailhouse", 0, HVC_OUTCOME_SPIN, 0},
	        {"jailhouse", 0x4a48, HVC_OUTCOME_RETURN, -(uint64_t)38},
	        {"kvm-guest", 0x7777, HVC_OUTCOME_RETURN, UINT64_MAX},
	        {"kvm-guest-old", 0x7777, HVC_OUTCOME_INJECT, 0},
	        {"gunyah", 0x6008, HVC_OUTCOME_RETURN, UINT64_MAX},
	        {"gunyah", 0x7777, HVC_OUTCOME_RETURN, UINT64_MAX},
	        {"hafnium", 0x7777, HVC_OUTCOME_RETURN, 1},
	        {"bao", 0x7777, HVC_OUTCOME_RETURN, UINT64_MAX},
	        {"xvisor", 0x7777, HVC_OUTCOME_INJECT, 0},
	        {"zircon-init", 0x7777, HVC_OUTCOME_RETURN, -(uint64_t)10},
	        {"hvisor", 0x7777, HVC_OUTCOME_RETURN, 0},
	        {"freebsd-vmm", 0x7777, HVC_OUTCOME_RETURN, 0},
	        {"genode-stub", 0x7777, HVC_OUTCOME_RETURN, 1},
	        {"prtos", 0x7777, HVC_OUTCOME_RETURN, UINT64_MAX},
	        {"uvmm", 0x7777, HVC_OUTCOME_RETURN, UINT64_MAX},
	        {"bsd-spin", 0x7777, HVC_OUTCOME_SPIN, 0},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_abi *abi = load(rows[i].abi);
		struct hvc_state entry = {{0}};
		struct hvc_call call;
		const struct hvc_context context = {&entry, &call};
		const struct hvc_rule *rule;
		const struct hvc_result *result = NULL;

		hvc_call_init(&call, 0);
		call.imm = (uint16_t)rows[i].imm;
		rule = rule_of(abi, 0, &call);
		ck_assert_msg(rule->outcome == rows[i].outcome, "%s, imm 0x%x: %s", rows[i].abi,
		              rows[i].imm, hvc_outcome_name(rule->outcome));
		for (unsigned k = 0; k < rule->results; k++)
			if (rule->result[k].reg == HVC_REG_X0)
				result = &rule->result[k];
		if (rule->outcome == HVC_OUTCOME_RETURN && rows[i].x0 != 1) {
			ck_assert_ptr_nonnull(result);
			ck_assert_uint_eq(hvc_expr__eval(&result->expr, &context), rows[i].x0);
		} else {
			ck_assert_ptr_null(result);
			ck_assert(rule->outcome == HVC_OUTCOME_SPIN ||
			          !hvc_regset_has(&rule->clobbers, HVC_REG_X0));
		}
		hvc_abi_free(abi);
	}
}

SUITE_MAIN("abi_dispatch")
