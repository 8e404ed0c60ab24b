// SPDX-License-Identifier: MIT
.macro keep
	mrs	x12, elr_el2
	mrs	x13, spsr_el2
.endm
.macro give
	msr	elr_el2, x12
	msr	spsr_el2, x13
.endm
	.include "nested-undefined.inc"
