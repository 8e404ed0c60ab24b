// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the selector is compared as w0, so x0 = 2^32 is taken for SET_VECTORS, 2^32 +
// 1 for SOFT_RESTART and 2^32 + 2 for RESET_VECTORS.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	unknown: result of x0
//		first: HVC #0 from EL1h, x0=0x100000000
//	unknown: outcome
//		first: HVC #0 from EL1h, x0=0x100000001 (jump)
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, comparing w0 instead of x0"

	stub_table

routine handle_sync
	cmp	w0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	w0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	w0, #HVC_RESET_VECTORS
	b.eq	3f
	ldr	x0, =HVC_STUB_ERR
	eret

1:	msr	vbar_el2, x1
	b	3f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mov	x0, xzr
	eret
