// SPDX-License-Identifier: MIT
// VTTBR_EL2 says whether a guest is there.
.macro work
	mrs	x9, vttbr_el2
	cbz	x9, 1f
	brk	#0
1:
.endm
.macro refuse
.endm
.macro restore
	ldp	x9, x10, [sp], #32
.endm
	.include "cause.inc"
