// SPDX-License-Identifier: MIT
//
// Wrong on purpose: SET_VECTORS answers to immediate 3 instead of 2.
//
// Judged by linux-stub-imm, this must be reported:
//
//	set_vectors: result of vbar_el2
//		first: HVC #2 from EL1h, any x0 but VBAR_EL2
//	unknown: preserve of vbar_el2
//		first: HVC #3 from EL1h, any x0 but VBAR_EL2
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/imm.inc"

	subject	"Broken: the kexec-series stub with one immediate off by one"

	stub_table

routine handle_sync
	mrs	x18, esr_el2
	lsr	x17, x18, #ESR_ELx_EC_SHIFT
	and	x18, x18, #ESR_ELx_ISS_MASK
	cmp	x17, #ESR_ELx_EC_HVC64
	b.ne	1f
	cmp	x18, #HVC_GET_VECTORS
	b.eq	2f
	cmp	x18, #(HVC_SET_VECTORS + 1)
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
