// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM init vectors, 5.10. x0 selects the one call that sets EL2 up for KVM, or one of
// the stub's; neither the immediate nor the exception class is looked at.
//
//	x0 in			x0 out		effect
//	0			0x0badca11	none
//	1 SOFT_RESTART		x2 in		goes to x1 at EL2h and resets as linux-kvm-5.10
//	2 RESET_VECTORS		0		resets
//	0xc6000000		0		TTBR0_EL2 := x1, TPIDR_EL2 := x2, SP_EL2 := x3,
//						VBAR_EL2 := x4; see below
//	other			-1		none
//
// All 64 bits of x0 count. The call also makes MAIR_EL2 that of EL1 and derives TCR_EL2 from
// TCR_EL1, and turns the EL2 MMU on, which is left out here: SCTLR_EL2 gets C, SA and I, not M.
// x1 is clobbered by it, x5 and x6 by a reset. An unknown number leaves all but x0 alone,
// TPIDR_EL2 included; the code before the fix below had overwritten that by then.
//
// Source: Linux 5.10.223, arch/arm64/kvm/hyp/nvhe/hyp-init.S; "Don't corrupt tpidr_el2 on failed
// HVC call" of the KVM/arm64 fixes for 5.10. T0SZ is taken from TCR_EL1 as it is, PS from the CPU.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-init.inc"

	.equ	HVC_STUB_HCALL_NR, 3
	// TG0, SH0, ORGN0, IRGN0 and T0SZ have the same place in TCR_EL1 and TCR_EL2.
	.equ	TCR_EL2_MASK, 0xff3f
	.equ	TCR_EL2_RES1, 1 << 31 | 1 << 23
	.equ	TCR_EL2_PS_SHIFT, 16

	subject	"Linux arm64 KVM init vectors, 5.10: 0xc6000000, parameters in x1 to x4"

	init_table
	kvm_stub_calls flags=SCTLR_ELx_FLAGS_4_16

// With x0 alone to work in: the number is gone from it bit by bit, and zero is what is left.
routine handle_sync
	cmp	x0, #HVC_STUB_HCALL_NR
	b.lo	handle_stub_call
	eor	x0, x0, #(KVM_HYP_INIT_ID & 0xc0000000)
	eor	x0, x0, #(KVM_HYP_INIT_ID & 0x3f000000)
	cbz	x0, 1f
	mov	x0, #-1
	eret

1:	msr	tpidr_el2, x2
	msr	ttbr0_el2, x1
	mrs	x0, mair_el1
	msr	mair_el2, x0
	mrs	x0, tcr_el1
	mov	x1, #TCR_EL2_MASK
	and	x0, x0, x1
	mov	x1, #TCR_EL2_RES1
	orr	x0, x0, x1
	mrs	x1, id_aa64mmfr0_el1
	bfi	x0, x1, #TCR_EL2_PS_SHIFT, #3
	msr	tcr_el2, x0
	enable_el2
	mov	sp, x3
	msr	vbar_el2, x4
	mov	x0, xzr
	eret
