// SPDX-License-Identifier: MIT
//
// PSCI 0.1 over HVC #0. The numbers are the devicetree's to choose; these are the ones that KVM,
// QEMU, U-Boot, Xvisor and Jailhouse share. There is no version call: a caller knows the
// interface from "arm,psci" and nothing else.
//
//	w0 in					x0 out
//	0x95c1ba5e CPU_SUSPEND			0
//	0x95c1ba5f CPU_OFF			never returns
//	0x95c1ba60 CPU_ON			0
//	0x95c1ba61 MIGRATE			0
//	other					-1, all 64 bits
//
// The numbers are older than SMCCC: read by its rules, owner 0x15 is reserved and bits 23:17 are
// not zero. Every other register is kept. An immediate other than 0 gets -1. Boundaries:
// psci_off, and other_trap for what is no HVC.
//
// Source: Arm DEN0022A (PSCI 0.1); Linux arch/arm/include/uapi/asm/kvm.h (KVM_PSCI_FN_BASE).
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"

	subject	"PSCI 0.1 over HVC #0, with the numbers that everyone uses"

	trap_table

routine handle_sync
	enter
	hvc64_only
	get_iss
	cbnz	x29, not_supported
	on_w	w0, success, PSCI_0_1_CPU_SUSPEND, PSCI_0_1_CPU_ON, PSCI_0_1_MIGRATE
	on_w	w0, psci_off, PSCI_0_1_CPU_OFF

	answer	not_supported, SMCCC_NOT_SUPPORTED
	answer	success, 0
	boundary	psci_off
	boundary	other_trap
