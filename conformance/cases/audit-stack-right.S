// SPDX-License-Identifier: MIT
	.macro START
	bl	set_stack
	bl	push
	adr	x0, vectors
	.endm
	.macro SECOND
	msr	spsel, #1
	bl	set_stack
	.endm
	.macro SYNC
	str	x29, [sp, #-16]!
	mrs	x29, sp_el0
	str	x29, [sp, #8]
	adr	x29, top
	msr	spsel, #0
	mov	sp, x29
	stp	x0, x1, [sp, #-16]!
	ldp	x0, x1, [sp], #16
	msr	spsel, #1
	ldr	x29, [sp, #8]
	msr	sp_el0, x29
	ldr	x29, [sp], #16
	.endm
	.include "audit-stack.inc"
