// SPDX-License-Identifier: MIT
//
// Wrong on purpose: one immediate of the 65,536, 0x4a48, is answered as GET_VECTORS. x17 and x18
// are left as they should be.
//
// Judged by linux-stub-imm, this must be reported:
//
//	unknown: preserve of x0
//		first: HVC #0x4a48 from EL1h, any x0 but VBAR_EL2
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/imm.inc"

	subject	"Broken: the kexec-series stub, wrong for immediate 0x4a48 alone"

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
	mov	x17, #0x4a48
	cmp	x18, x17
	mov	x17, #ESR_ELx_EC_HVC64
	b.eq	2f
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
