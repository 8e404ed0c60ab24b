// SPDX-License-Identifier: MIT
// WRONG: ELR_EL2 of an HVC is behind it already.
.macro work
	mrs	x9, elr_el2
	add	x9, x9, #4
	msr	elr_el2, x9
.endm
.macro refuse
.endm
.macro restore
	ldp	x9, x10, [sp], #32
.endm
	.include "cause.inc"
