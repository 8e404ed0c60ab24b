// SPDX-License-Identifier: MIT
//
// Wrong on purpose: SOFT_RESTART goes to the right address with the right registers, but by ERET
// to EL1h.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	soft_restart: level
//		first: HVC #0 from EL1h, x0=1
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, restarting at EL1"

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
	b	3f

2:	msr	elr_el2, x1
	mov	x0, #(SPSR_ELx_DAIF | SPSR_ELx_M_EL1h)
	msr	spsr_el2, x0
	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	eret

3:	mov	x0, xzr
	eret
