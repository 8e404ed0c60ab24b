// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM runtime vectors, 5.8 and 5.9. The host calls a function at EL2 by its kernel
// address, or makes one of the stub's calls; the immediate is not looked at.
//
//	x0 in			x0 out		effect
//	0			0x0badca11	none; SET_VECTORS is not for KVM to answer
//	1 SOFT_RESTART		x2 in		goes to x1 at EL2h and resets, see below
//	2 RESET_VECTORS		0		resets
//	other			the function's	calls hyp address x0 with x0 := x1, x1 := x2, x2 := x3
//
// To reset clears M, A, C, SA, I and IESB of SCTLR_EL2 and installs the stub's vectors.
// SOFT_RESTART hands over x0 := x2, x1 := x3, x2 := x4. x5 and x6 are clobbered by the calls below
// 3; x30 is kept across the function.
//
// An HVC while VTTBR_EL2 is not zero comes from a guest. Two of its calls, by w0, are answered on
// the spot; everything else, as any trap that is no HVC, ends in guest_trap.
//
//	w0 in			x0 out		effect
//	0x80008000		0		x1 := 0			SMCCC_ARCH_WORKAROUND_1
//	0x80007fff		0		x1 := 0, x2 := 0	SMCCC_ARCH_WORKAROUND_2
//
// That is a kernel built for speculative store bypass, on a CPU where it has nothing to switch;
// built without, it leaves x2 alone.
//
// Source: Linux 5.8.1 and 5.9.1, arch/arm64/kvm/hyp/hyp-entry.S and
// arch/arm64/kvm/hyp/nvhe/hyp-init.S (5.8: arch/arm64/kvm/hyp-init.S).
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-guest.inc"

	.equ	HVC_STUB_HCALL_NR, 3

	subject	"Linux arm64 KVM, 5.8 and 5.9: as 4.12, soft restart delivers x0, guest workarounds"

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
	cbnz	x1, guest_hvc
	ldp	x0, x1, [sp], #16
	to_stub_call HVC_STUB_HCALL_NR
	call_hyp
	eret

	guest_workarounds
	kvm_stub_calls flags=SCTLR_ELx_FLAGS_4_16
