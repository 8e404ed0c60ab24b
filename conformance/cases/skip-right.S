// SPDX-License-Identifier: MIT
// Behind it.
.macro move
	mrs	x3, elr_el2
	add	x3, x3, #4
	msr	elr_el2, x3
.endm
	.include "skip.inc"
