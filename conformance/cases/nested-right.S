// SPDX-License-Identifier: MIT
.macro keep
	mrs	x9, elr_el2
	mrs	x10, spsr_el2
	stp	x9, x10, [sp, #-16]!
.endm
.macro give
	ldp	x9, x10, [sp], #16
	msr	elr_el2, x9
	msr	spsr_el2, x10
.endm
	.include "nested.inc"
