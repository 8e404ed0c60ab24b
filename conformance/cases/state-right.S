// SPDX-License-Identifier: MIT
// Uses what state-*.S leave changed, and puts it back.
.macro work
	str	q9, [sp, #-16]!
	movi	v9.16b, #1
	mrs	x9, fpcr
	mov	x10, #(1 << 24)
	msr	fpcr, x10
	msr	fpcr, x9
	mrs	x9, afsr0_el1
	mov	x10, #1
	msr	afsr0_el1, x10
	msr	afsr0_el1, x9
	ldr	q9, [sp], #16
.endm
.macro back
.endm
.macro inject
	orr	x10, x10, #(1 << 22)
.endm
	.include "state.inc"
