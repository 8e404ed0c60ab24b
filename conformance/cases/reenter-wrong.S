// SPDX-License-Identifier: MIT
// WRONG: one place for the registers of both.
.macro keep
	msr	tpidr_el2, x9
	adrp	x9, area
	add	x9, x9, :lo12:area
	stp	x0, x1, [x9]
	stp	x2, x3, [x9, #16]
.endm
.macro back
	adrp	x9, area
	add	x9, x9, :lo12:area
	ldp	x0, x1, [x9]
	ldp	x2, x3, [x9, #16]
	mrs	x9, tpidr_el2
.endm
	.include "reenter.inc"
