// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the slot for exceptions taken at EL2h, 0x200, has the handler too, as from
// 5.13 on; in 4.12 it spins.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	current_el: outcome
//		first: HVC #0 from EL2h, x0=2 (return)
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, answering calls from EL2h"

	stub_table el2h=handle_sync

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

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mov	x0, xzr
	eret
