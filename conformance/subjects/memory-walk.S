// SPDX-License-Identifier: MIT
//
// Handlers that are part of the function that dispatches, and go by EL2's memory alone. x0 is 1: a
// list at TPIDR_EL2 is searched for x1. 2: a lock there is taken by exclusives, and given back.
	.include "subject.inc"

routine handle
	stp	x29, x30, [sp, #-32]!
	stp	x0, x1, [sp, #16]
	mov	x0, sp
	bl	dispatch
	ldp	x29, x30, [sp], #32
	eret

routine dispatch
	ldr	x1, [x0, #16]
	mrs	x2, tpidr_el2
	cmp	x1, #2
	b.eq	lock
	cmp	x1, #1
	b.eq	walk
	mov	x0, #-1
	ret

routine walk
	ldr	x3, [x2]
	cbz	x3, 1f
	ldr	x4, [x0, #24]
	cmp	x3, x4
	add	x2, x2, #16
	b.ne	walk
1:	ldr	x0, [x2, #-8]
	ret

routine lock
	mov	w4, #1
1:	ldaxr	w3, [x2]
	stxr	w5, w4, [x2]
	cbnz	w5, 1b
	cbnz	w3, 1b
	stlr	wzr, [x2]
	mov	x0, #2
	ret
