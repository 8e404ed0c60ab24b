// SPDX-License-Identifier: MIT
//
// Linux KVM on arm64 as a guest with PSCI 0.2 met it at first. The immediate is not looked at; w0
// selects; what is not known is an Undefined exception in the guest.
//
//	w0 in					x0 out
//	PSCI_VERSION				2 (0.2)
//	CPU_SUSPEND, CPU_ON, AFFINITY_INFO	0
//	MIGRATE_INFO_TYPE			2
//	MIGRATE, MIGRATE_INFO_UP_CPU		-1
//	CPU_OFF, SYSTEM_OFF, SYSTEM_RESET	never returns
//	other					Undefined is injected
//
// Every other register is kept. A guest in AArch32 state is answered alike. Boundaries: psci_off, other_trap (no HVC), hyp_panic (an
// exception at EL2).
//
// Source: Linux 3.16, arch/arm64/kvm/handle_exit.c and arch/arm/kvm/psci.c.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"

	.equ	KVM_PSCI_VERSION_0_2, 2

	subject	"Linux KVM as an arm64 guest saw it at first: unknown calls are Undefined"

	trap_table lower64=handle_trap, lower32=handle_trap32, el2t=hyp_panic, el2h=hyp_panic

routine handle_trap
	enter
	hvc64_only
	on_w	w0, psci_version, PSCI_VERSION
	on_w	w0, success, PSCI_CPU_SUSPEND_32, PSCI_CPU_SUSPEND_64
	on_w	w0, psci_off, PSCI_CPU_OFF, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET
	on_w	w0, success, PSCI_CPU_ON_32, PSCI_CPU_ON_64
	on_w	w0, success, PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64
	on_w	w0, not_supported, PSCI_MIGRATE_32, PSCI_MIGRATE_64
	on_w	w0, migrate_info_type, PSCI_MIGRATE_INFO_TYPE
	on_w	w0, not_supported, PSCI_MIGRATE_INFO_UP_CPU_32, PSCI_MIGRATE_INFO_UP_CPU_64
	b	inject_undefined

	answer	psci_version, KVM_PSCI_VERSION_0_2
	answer	success, 0
	answer	not_supported, SMCCC_NOT_SUPPORTED
	answer	migrate_info_type, PSCI_TOS_NOT_PRESENT
	inject_undefined_routine
	boundary	psci_off
	boundary	other_trap
	spin	hyp_panic

// A guest in AArch32 state.
routine handle_trap32
	enter
	hvc32_only
	on_w	w0, psci_version, PSCI_VERSION
	on_w	w0, success, PSCI_CPU_SUSPEND_32, PSCI_CPU_ON_32, PSCI_AFFINITY_INFO_32
	on_w	w0, success, PSCI_CPU_SUSPEND_64, PSCI_CPU_ON_64, PSCI_AFFINITY_INFO_64
	on_w	w0, psci_off, PSCI_CPU_OFF, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET
	on_w	w0, not_supported, PSCI_MIGRATE_32, PSCI_MIGRATE_64
	on_w	w0, not_supported, PSCI_MIGRATE_INFO_UP_CPU_32, PSCI_MIGRATE_INFO_UP_CPU_64
	on_w	w0, migrate_info_type, PSCI_MIGRATE_INFO_TYPE
	b	inject_undefined32
	inject_undefined32_routine
