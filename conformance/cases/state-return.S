// SPDX-License-Identifier: MIT
// WRONG: SPSR_EL2 is made anew, without PAN.
.macro work
.endm
.macro back
	mrs	x9, spsr_el2
	bic	x9, x9, #(1 << 22)
	msr	spsr_el2, x9
.endm
.macro inject
	orr	x10, x10, #(1 << 22)
.endm
	.include "state.inc"
