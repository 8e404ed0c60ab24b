// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM host vectors, 6.12. As 6.19, but:
//
//	x0 in				x0 out		effect
//	0 and 3				0x0badca11	none
//	0xc6000001 to 0xc6000019	0		the function's; x1 := its result if it has one
//	the same + 0x10000		0		the same: bit 16 says that SVE is not in use
//	other				-1		none
//
// Functions are those of 6.1 up to 14 tlb_flush_vmid_ipa, then 15 tlb_flush_vmid_ipa_nsh,
// 16 tlb_flush_vmid, 17 tlb_flush_vmid_range, 18 flush_cpu_context, 19 timer_set_cntvoff,
// 20 vgic_v3_save_vmcr_aprs, 21 vgic_v3_restore_vmcr_aprs, 22 pkvm_vcpu_init_traps,
// 23 pkvm_init_vm, 24 pkvm_init_vcpu, 25 pkvm_teardown_vm.
//
// Source: Linux 6.12.117, arch/arm64/kvm/hyp/nvhe/host.S, hyp-main.c and hyp-init.S;
// include/asm/kvm_asm.h.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-host.inc"

	.equ	HVC_STUB_HCALL_NR, 4

	subject	"Linux arm64 KVM host, 6.12: SMCCC-numbered functions 1 to 25, SVE hint, stub calls below 4"

	host_table lower32=handle_sync
	host_sync HVC_STUB_HCALL_NR
	host_functions last=25, hint=1
	kvm_stub_calls
