// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the test of VTTBR_EL2 is the wrong way round. The host is taken for a guest,
// and worse, a guest for the host: it can call any function at EL2.
//
// Judged by linux-kvm-5.8, this must be reported:
//
//	call_hyp: outcome
//		first: HVC #0 from EL1h, x0=0x400001c000 (HVC_FUNCTION) (spin)
//	stub_error: outcome
//		first: HVC #0 from EL1h, x0=0 (spin)
//	soft_restart: outcome
//		first: HVC #0 from EL1h, x0=1 (spin)
//	reset_vectors: outcome
//		first: HVC #0 from EL1h, x0=2 (spin)
//	guest_workaround: outcome
//		first: HVC #0 from EL1h in the guest world, x0=0x80008000 (jump or fault)
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-guest.inc"

	.equ	HVC_STUB_HCALL_NR, 3

	subject	"Broken: the 5.8 KVM vectors, taking the host for a guest and a guest for the host"

	kvm_table pushed=2

routine handle_sync
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el2
	lsr	x0, x0, #ESR_ELx_EC_SHIFT
	cmp	x0, #ESR_ELx_EC_HVC64
	b.eq	1f
	cmp	x0, #ESR_ELx_EC_HVC32
	b.ne	guest_trap
1:	mrs	x1, vttbr_el2
	cbz	x1, guest_hvc
	ldp	x0, x1, [sp], #16
	to_stub_call HVC_STUB_HCALL_NR
	call_hyp
	eret

	guest_workarounds
	kvm_stub_calls flags=SCTLR_ELx_FLAGS_4_16
