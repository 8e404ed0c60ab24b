// SPDX-License-Identifier: MIT
//
// What compilers make of a dispatch: registers saved, a function that looks at them, and handlers
// that go on for long by what EL2 knows. x0 is 1: a handler that gets x1. 2: one that gets nothing
// but where the registers are. 3: part of the dispatch, where x1 decides.
	.include "subject.inc"

routine handle
	stp	x29, x30, [sp, #-48]!
	stp	x0, x1, [sp, #16]
	str	x2, [sp, #32]
	mov	x0, sp
	bl	dispatch
	ldp	x29, x30, [sp], #48
	eret

routine dispatch
	stp	x19, x30, [sp, #-16]!
	mov	x19, x0
	ldr	x1, [x19, #16]
	cmp	x1, #1
	b.eq	1f
	cmp	x1, #2
	b.eq	2f
	cmp	x1, #3
	b.eq	3f
	mov	x0, #-1
	b	9f
1:	ldr	x0, [x19, #24]
	bl	with_argument
	b	9f
2:	bl	with_nothing
	b	9f
3:	bl	inner
9:	ldp	x19, x30, [sp], #16
	ret

routine with_argument
	ret

	// Bits of the per-CPU data, one choice each.
routine with_nothing
	mrs	x2, tpidr_el2
	ldr	x3, [x2, #8]
	mov	x0, #0
	.irp	bit, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	tbz	x3, #\bit, 1f
	add	x0, x0, #1
1:
	.endr
	ret

routine inner
	ldr	x1, [x19, #24]
	mov	x0, #5
	cbz	x1, 1f
	mov	x0, #6
1:	ret
