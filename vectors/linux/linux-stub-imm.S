// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub of the kexec series of 2014 to 2016 (never merged). The immediate selects
// the call.
//
//	immediate	x0 out		effect
//	1 GET_VECTORS	VBAR_EL2	none
//	2 SET_VECTORS	as it was	VBAR_EL2 := x0
//	4 CALL_FUNC	the function's	calls physical address x0 with x0 := x1, x1 := x2, x2 := x3
//	other		as it was	none; 0, CALL_HYP, is KVM's and is other here
//
// x17 is left holding the exception class and x18 the immediate, which after CALL_FUNC has been
// replaced by the caller's link register; the function must keep x18. Anything but an HVC from
// AArch64 returns at once to ELR_EL2, x0 as it was.
//
// Source: numbers as in imm.inc; order of the tests: hisilicon/kernel-dev e90996c1 and
// sbourdelin/linux 6d719b6e, arch/arm64/kernel/hyp-stub.S.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/imm.inc"

	subject	"Linux arm64 hyp stub, kexec series 2014-2016: the immediate selects"

	stub_table

routine handle_sync
	mrs	x18, esr_el2
	lsr	x17, x18, #ESR_ELx_EC_SHIFT
	and	x18, x18, #ESR_ELx_ISS_MASK
	cmp	x17, #ESR_ELx_EC_HVC64
	b.ne	1f
	cmp	x18, #HVC_GET_VECTORS
	b.eq	2f
	cmp	x18, #HVC_SET_VECTORS
	b.eq	3f
	cmp	x18, #HVC_CALL_FUNC
	b.eq	4f
1:	eret

2:	mrs	x0, vbar_el2
	eret

3:	msr	vbar_el2, x0
	eret

4:	mov	x18, lr
	mov	lr, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	blr	lr
	mov	lr, x18
	eret
