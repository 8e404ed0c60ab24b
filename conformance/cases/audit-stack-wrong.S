// SPDX-License-Identifier: MIT
// WRONG: a function that pushes is called before there is a stack; the other CPU never gets one;
// the handler pushes on the stack that SP_EL0 of its caller names.
	.macro START
	adr	x0, vectors
	cbz	x0, 1f
	bl	push
1:	bl	set_stack
	.endm
	.macro SECOND
	msr	spsel, #1
	.endm
	.macro SYNC
	msr	spsel, #0
	sub	sp, sp, #16
	stp	x0, x1, [sp]
	ldp	x0, x1, [sp], #16
	msr	spsel, #1
	.endm
	.include "audit-stack.inc"
