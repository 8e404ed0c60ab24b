// SPDX-License-Identifier: MIT
.macro work
	mrs	x10, spsr_el2
	orr	x10, x10, #(1 << 20)	// WRONG: IL, the caller's next instruction is an exception
	msr	spsr_el2, x10
.endm
.macro back
.endm
.macro inject
	orr	x10, x10, #(1 << 22)
.endm
	.include "state.inc"
