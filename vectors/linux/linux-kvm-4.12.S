// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM runtime vectors, 4.12 to 5.6. The host calls a function at EL2 by its kernel
// address, or makes one of the stub's calls; the immediate is not looked at.
//
//	x0 in			x0 out		effect
//	0			0x0badca11	none; SET_VECTORS is not for KVM to answer
//	1 SOFT_RESTART		0		goes to x1 at EL2h and resets, see below
//	2 RESET_VECTORS		0		resets
//	other			the function's	calls hyp address x0 with x0 := x1, x1 := x2, x2 := x3
//
// To reset clears M, A, C, SA and I of SCTLR_EL2 and installs the stub's vectors. SOFT_RESTART
// means to hand over x0 := x2, x1 := x3, x2 := x4, but the reset zeroes x0 on its way out, so the
// payload gets x0 = 0. x5 and x6 are clobbered by the calls below 3; x30 is kept across the
// function. A trap that is no HVC from AArch64, or an HVC while VTTBR_EL2 is not zero, comes from a
// guest and ends in guest_trap.
//
// Source: Linux 4.12, arch/arm64/kvm/hyp/hyp-entry.S and arch/arm64/kvm/hyp-init.S. The zeroed x0
// was still there in 5.6.4; fixed by "KVM: arm64: Stop clobbering x0 for HVC_SOFT_RESTART" of
// 2020-07-06, in 5.8 and in stable releases of 5.4 and 5.7 (5.7.0 still had it). By 4.16 IESB of SCTLR_EL2 is cleared
// too, and guests have fast paths (see linux-kvm-5.8).
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm.inc"
	.include "linux/kvm-stub.inc"

	.equ	HVC_STUB_HCALL_NR, 3

	subject	"Linux arm64 KVM, 4.12 to 5.6: stub calls below 3, soft restart delivers x0 = 0"

	kvm_table pushed=2

routine handle_sync
	stp	x0, x1, [sp, #-16]!
	mrs	x1, esr_el2
	lsr	x1, x1, #ESR_ELx_EC_SHIFT
	cmp	x1, #ESR_ELx_EC_HVC64
	b.ne	guest_trap
	mrs	x1, vttbr_el2
	cbnz	x1, guest_trap
	ldp	x0, x1, [sp], #16
	to_stub_call HVC_STUB_HCALL_NR
	call_hyp
	eret

	kvm_stub_calls flags=SCTLR_ELx_FLAGS_4_12, keep_x0=0
