// SPDX-License-Identifier: MIT
// The outer call's ELR_EL2 and SPSR_EL2 are kept.
.macro enter
	mrs	x9, elr_el2
	mrs	x10, spsr_el2
	stp	x9, x10, [sp, #16]
.endm
.macro leave
	ldp	x9, x10, [sp, #16]
	msr	elr_el2, x9
	msr	spsr_el2, x10
.endm
	.include "taken.inc"
