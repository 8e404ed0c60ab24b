// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM host vectors, 6.19. x0 selects a function at EL2 by its SMCCC number, or one of
// the stub's calls; the immediate is not looked at, nor is VTTBR_EL2: a guest's exceptions go to
// another table.
//
//	x0 in				x0 out		effect
//	1 SOFT_RESTART			x2 in		goes to x1 at EL2h and resets, see below
//	2 RESET_VECTORS			0		resets
//	0, 3 and 4			0x0badca11	none
//	0xc6000001 to 0xc6000022	0		the function's; x1 := its result if it has one
//	the same + 0x10000		0		the same: bit 16 says that SVE is not in use
//	other				-1		none
//
// To reset writes SCTLR_EL2 := 0x30c50830 and installs the stub's vectors. SOFT_RESTART hands
// over x0 := x2, x1 := x3, x2 := x4. x5 and x6 are clobbered by the calls below 5; a
// function keeps x2 to x30. 0xc6000000 is the init vectors' call and unknown here. What is no HVC
// from AArch64 ends in host_trap. 6.18 has the same functions, but 4 is unknown there.
//
// Functions: 1 pkvm_init, 2 pkvm_create_private_mapping, 3 pkvm_cpu_set_vector, 4 enable_ssbs,
// 5 vgic_v3_init_lrs, 6 vgic_v3_get_gic_config, 7 pkvm_prot_finalize, 8 pkvm_host_share_hyp,
// 9 pkvm_host_unshare_hyp, 10 pkvm_host_share_guest, 11 pkvm_host_unshare_guest,
// 12 pkvm_host_relax_perms_guest, 13 pkvm_host_wrprotect_guest,
// 14 pkvm_host_test_clear_young_guest, 15 pkvm_host_mkyoung_guest, 16 adjust_pc, 17 vcpu_run,
// 18 flush_vm_context, 19 tlb_flush_vmid_ipa, 20 tlb_flush_vmid_ipa_nsh, 21 tlb_flush_vmid,
// 22 tlb_flush_vmid_range, 23 flush_cpu_context, 24 timer_set_cntvoff, 25 vgic_v3_save_aprs
// (6.18: vgic_v3_save_vmcr_aprs), 26 vgic_v3_restore_vmcr_aprs, 27 pkvm_reserve_vm, 28 pkvm_unreserve_vm,
// 29 pkvm_init_vm, 30 pkvm_init_vcpu, 31 pkvm_teardown_vm, 32 pkvm_vcpu_load, 33 pkvm_vcpu_put,
// 34 pkvm_tlb_flush_vmid.
//
// Protected mode is not modelled: there x0 below 5 is an unknown number like any other, and so
// is a function below 7.
//
// Source: Linux 6.18.35 and 6.19.9, arch/arm64/kvm/hyp/nvhe/host.S, hyp-main.c and hyp-init.S;
// include/asm/kvm_asm.h.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-host.inc"

	.equ	HVC_STUB_HCALL_NR, 5

	subject	"Linux arm64 KVM host, 6.19: SMCCC-numbered functions 1 to 34, SVE hint, stub calls below 5"

	host_table lower32=handle_sync
	host_sync HVC_STUB_HCALL_NR
	host_functions last=34, hint=1
	kvm_stub_calls
