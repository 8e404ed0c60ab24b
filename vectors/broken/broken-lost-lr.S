// SPDX-License-Identifier: MIT
//
// Wrong on purpose: CALL_FUNC puts the link register aside but does not bring it back, so the
// caller is left with an address of the stub in x30.
//
// Judged by linux-stub-imm, this must be reported:
//
//	call_func: preserve of x30
//		first: HVC #4 from EL1h, x0=0x400001c000 (HVC_FUNCTION)
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/imm.inc"

	subject	"Broken: the kexec-series stub, losing x30 in CALL_FUNC"

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
	eret
