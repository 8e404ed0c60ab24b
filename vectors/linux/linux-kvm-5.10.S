// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM host vectors, 5.10. x0 selects a function at EL2 by its SMCCC number, or
// one of the stub's calls; the immediate is not looked at, nor is VTTBR_EL2: a guest's exceptions
// go to another table.
//
//	x0 in				x0 out		effect
//	1 SOFT_RESTART			x2 in		goes to x1 at EL2h and resets, see below
//	2 RESET_VECTORS			0		resets
//	0				0x0badca11	none
//	0xc6000001 to 0xc600000e	0		the function's; x1 := its result, or 0
//	other				-1		none
//
// To reset clears M, A, C, SA, I and IESB of SCTLR_EL2 and installs the stub's vectors.
// SOFT_RESTART hands over x0 := x2, x1 := x3, x2 := x4. x5 and x6 are clobbered by the calls below
// 3; a function keeps x2 to x30. 0xc6000000 is the init vectors' call and unknown here. What is
// no HVC from AArch64 would be a panic and ends in host_trap.
//
// Functions: 1 vcpu_run, 2 flush_vm_context, 3 tlb_flush_vmid_ipa, 4 tlb_flush_vmid,
// 5 flush_cpu_context, 6 timer_set_cntvoff, 7 enable_ssbs, 8 vgic_v3_get_ich_vtr_el2,
// 9 vgic_v3_read_vmcr, 10 vgic_v3_write_vmcr, 11 vgic_v3_init_lrs, 12 get_mdcr_el2,
// 13 vgic_v3_save_aprs, 14 vgic_v3_restore_aprs.
//
// Source: Linux 5.10.223, arch/arm64/kvm/hyp/nvhe/host.S, hyp-main.c and hyp-init.S.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-host.inc"

	.equ	HVC_STUB_HCALL_NR, 3

	subject	"Linux arm64 KVM host, 5.10: SMCCC-numbered functions 1 to 14, stub calls below 3"

	host_table
	host_sync HVC_STUB_HCALL_NR
	host_functions last=14, result=1
	kvm_stub_calls flags=SCTLR_ELx_FLAGS_4_16
