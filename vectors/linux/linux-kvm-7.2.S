// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM host vectors, 7.1 and 7.2. As 6.19, but to reset writes SCTLR_EL2 := 0, and of
// the functions 1 to 28 are there; those from 29 on need protected mode and are unknown without.
//
// Functions: 1 pkvm_init, 2 pkvm_create_private_mapping, 3 pkvm_cpu_set_vector, 4 enable_ssbs,
// 5 vgic_v3_init_lrs, 6 vgic_v3_get_gic_config, 7 pkvm_prot_finalize, 8 adjust_pc, 9 vcpu_run,
// 10 flush_vm_context, 11 tlb_flush_vmid_ipa, 12 tlb_flush_vmid_ipa_nsh, 13 tlb_flush_vmid,
// 14 tlb_flush_vmid_range, 15 flush_cpu_context, 16 timer_set_cntvoff, 17 to 24 tracing,
// 25 vgic_v3_save_aprs, 26 vgic_v3_restore_vmcr_aprs, 27 vgic_v5_save_apr,
// 28 vgic_v5_restore_vmcr_apr.
//
// Source: Linux 7.1.5 and 7.2.13, arch/arm64/kvm/hyp/nvhe/host.S, hyp-main.c and hyp-init.S;
// include/asm/kvm_asm.h.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-host.inc"

	.equ	HVC_STUB_HCALL_NR, 5

	subject	"Linux arm64 KVM host, 7.1 and 7.2: SMCCC-numbered functions 1 to 28, SVE hint, stub calls below 5"

	host_table lower32=handle_sync
	host_sync HVC_STUB_HCALL_NR
	host_functions last=28, hint=1
	kvm_stub_calls sctlr=0
