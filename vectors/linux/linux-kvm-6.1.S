// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM host vectors, 5.17 to 6.1. x0 selects a function at EL2 by its SMCCC number, or
// one of the stub's calls; the immediate is not looked at, nor is VTTBR_EL2: a guest's exceptions
// go to another table.
//
//	x0 in				x0 out		effect
//	1 SOFT_RESTART			x2 in		goes to x1 at EL2h and resets, see below
//	2 RESET_VECTORS			0		resets
//	0 and 3				0x0badca11	none
//	0xc6000001 to 0xc6000016	0		the function's; x1 := its result if it has one
//	other				-1		none
//
// To reset writes SCTLR_EL2 := 0x30c50830 and installs the stub's vectors. SOFT_RESTART hands
// over x0 := x2, x1 := x3, x2 := x4. x5 and x6 are clobbered by the calls below 4; a function
// keeps x2 to x30. 0xc6000000 is the init vectors' call and unknown here. What is no HVC from
// AArch64 (an SMC, a stage 2 abort, both in protected mode only) ends in host_trap.
//
// Functions: 1 get_mdcr_el2, 2 pkvm_init, 3 pkvm_create_private_mapping, 4 pkvm_cpu_set_vector,
// 5 enable_ssbs, 6 vgic_v3_init_lrs, 7 vgic_v3_get_gic_config, 8 pkvm_prot_finalize,
// 9 pkvm_host_share_hyp, 10 pkvm_host_unshare_hyp, 11 adjust_pc, 12 vcpu_run, 13 flush_vm_context,
// 14 tlb_flush_vmid_ipa, 15 tlb_flush_vmid, 16 flush_cpu_context, 17 timer_set_cntvoff,
// 18 vgic_v3_read_vmcr, 19 vgic_v3_write_vmcr, 20 vgic_v3_save_aprs, 21 vgic_v3_restore_aprs,
// 22 pkvm_vcpu_init_traps.
//
// Protected mode is not modelled: there x0 below 4 is an unknown number like any other, and so
// is a function below 8.
//
// Source: Linux 5.17-rc5, 5.19, 6.0-rc1 and 6.1.192, arch/arm64/kvm/hyp/nvhe/host.S, hyp-main.c and
// hyp-init.S; include/asm/kvm_asm.h. The AArch32 slot is live as in 5.19 and later.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-host.inc"

	.equ	HVC_STUB_HCALL_NR, 4

	subject	"Linux arm64 KVM host, 5.17 to 6.1: SMCCC-numbered functions 1 to 22, stub calls below 4"

	host_table lower32=handle_sync
	host_sync HVC_STUB_HCALL_NR
	host_functions last=22
	kvm_stub_calls
