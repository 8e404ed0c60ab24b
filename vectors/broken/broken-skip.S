// SPDX-License-Identifier: MIT
//
// Wrong on purpose: RESET_VECTORS moves ELR_EL2 on by one instruction, as a handler of trapped
// instructions does. An HVC is already past, so the instruction after it is skipped.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	reset_vectors: outcome
//		first: HVC #0 from EL1h, x0=2 (jump)
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, skipping the instruction after the HVC"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	ldr	x0, =HVC_STUB_ERR
	eret

1:	msr	vbar_el2, x1
	b	4f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mrs	x0, elr_el2
	add	x0, x0, #4
	msr	elr_el2, x0
4:	mov	x0, xzr
	eret
