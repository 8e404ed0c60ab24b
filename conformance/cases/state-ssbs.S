// SPDX-License-Identifier: MIT
.macro work
.endm
.macro back
	mrs	x9, spsr_el2
	mov	x10, #0x1000
	bic	x9, x9, x10
	msr	spsr_el2, x9
.endm
.macro inject
	orr	x10, x10, #(1 << 22)
.endm
	.include "state.inc"
