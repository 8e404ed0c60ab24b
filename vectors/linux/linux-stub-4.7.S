// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub, 4.7. x0 selects the call; the immediate is not looked at.
//
//	x0 in		x0 out		effect
//	0 GET_VECTORS	VBAR_EL2	none
//	1 SET_VECTORS	1		VBAR_EL2 := x1
//	other		2		none
//
// x30 is left holding the exception class: the callers of this release save their link
// register. Anything but an HVC from AArch64 returns at once to ELR_EL2, x0 as it was.
//
// Source: Linux 4.7.4, arch/arm64/kernel/hyp-stub.S and include/asm/virt.h;
// commit ad72e59ff2ba ("hyp/kvm: Make hyp-stub extensible").
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_GET_VECTORS, 0
	.equ	HVC_SET_VECTORS, 1
	.equ	ARM_EXCEPTION_HYP_GONE, 2	// include/asm/kvm_asm.h; 3 from Linux 4.9 on

	subject	"Linux arm64 hyp stub, 4.7: x0 selects, 0 get and 1 set vectors"

	stub_table

routine handle_sync
	mrs	x30, esr_el2
	lsr	x30, x30, #ESR_ELx_EC_SHIFT
	cmp	x30, #ESR_ELx_EC_HVC64
	b.ne	1f
	cmp	x0, #HVC_GET_VECTORS
	b.eq	2f
	cmp	x0, #HVC_SET_VECTORS
	b.eq	3f
	mov	x0, #ARM_EXCEPTION_HYP_GONE
1:	eret

2:	mrs	x0, vbar_el2
	eret

3:	msr	vbar_el2, x1
	eret
