// SPDX-License-Identifier: MIT
// WRONG: the stack is the one that the caller's SP_EL0 names.
	.include "case.inc"
	table	low64=sync
sync:	msr	spsel, #0
	stp	x1, x2, [sp, #-16]!
	mov	x1, #5
	ldp	x1, x2, [sp], #16
	msr	spsel, #1
	mov	x0, #-1
	eret
	dsb	nsh
	isb
