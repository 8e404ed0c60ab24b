// SPDX-License-Identifier: MIT
//
// Wrong on purpose: only the low byte of the immediate is compared, so #0x101 is GET_VECTORS,
// #0x102 SET_VECTORS and #0x104 CALL_FUNC. x17 and x18 are left as they should be.
//
// Judged by linux-stub-imm, this must be reported:
//
//	unknown: preserve of x0
//		first: HVC #0x101 from EL1h, any x0 but VBAR_EL2
//	unknown: preserve of vbar_el2
//		first: HVC #0x102 from EL1h, any x0 but VBAR_EL2
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/imm.inc"

	subject	"Broken: the kexec-series stub, comparing only imm[7:0]"

	stub_table

routine handle_sync
	mrs	x18, esr_el2
	lsr	x17, x18, #ESR_ELx_EC_SHIFT
	and	x18, x18, #ESR_ELx_ISS_MASK
	cmp	x17, #ESR_ELx_EC_HVC64
	b.ne	1f
	and	x17, x18, #0xff
	cmp	x17, #HVC_GET_VECTORS
	b.eq	2f
	cmp	x17, #HVC_SET_VECTORS
	b.eq	3f
	cmp	x17, #HVC_CALL_FUNC
	b.eq	4f
	mov	x17, #ESR_ELx_EC_HVC64
1:	eret

2:	mov	x17, #ESR_ELx_EC_HVC64
	mrs	x0, vbar_el2
	eret

3:	mov	x17, #ESR_ELx_EC_HVC64
	msr	vbar_el2, x0
	eret

4:	mov	x17, #ESR_ELx_EC_HVC64
	mov	x18, lr
	mov	lr, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	blr	lr
	mov	lr, x18
	eret
