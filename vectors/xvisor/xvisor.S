// SPDX-License-Identifier: MIT
//
// Xvisor on arm64, for a guest that is configured with PSCI 0.2. The immediate is not looked at;
// w0 selects.
//
//	w0 in					x0 out
//	0x84000000 PSCI_VERSION			2 (0.2)
//	CPU_SUSPEND, CPU_ON, AFFINITY_INFO	0
//	MIGRATE_INFO_TYPE			2
//	MIGRATE, MIGRATE_INFO_UP_CPU		-1
//	CPU_OFF, SYSTEM_OFF, SYSTEM_RESET	never returns
//	other					Undefined is injected
//
// Every other register is kept. Xvisor calls itself as well: an HVC #0 at EL2h has another VCPU
// scheduled, and comes back with nothing changed; any other exception at EL2h ends in self_panic.
// Boundaries: psci_off, other_trap (no HVC), self_panic, hyp_panic (an exception at EL2t).
//
// Source: xvisor/xvisor 8713a802, arch/arm/cpu/arm64/cpu_interrupts.c, cpu_vcpu_emulate.c,
// cpu_vcpu_helper.c, arch/arm/cpu/common/emulate_psci.c.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"

	.equ	XVISOR_PSCI_VERSION_0_2, 2

	subject	"Xvisor on arm64: any immediate, PSCI 0.2 in w0, else Undefined"

	trap_table lower64=handle_trap, el2t=hyp_panic, el2h=handle_self

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

	answer	psci_version, XVISOR_PSCI_VERSION_0_2
	answer	success, 0
	answer	not_supported, SMCCC_NOT_SUPPORTED
	answer	migrate_info_type, PSCI_TOS_NOT_PRESENT
	inject_undefined_routine
	boundary	psci_off
	boundary	other_trap

routine handle_self
	enter
	hvc64_only self_panic
	get_iss
	cbnz	x29, self_panic
	leave
	boundary	self_panic
	spin	hyp_panic
