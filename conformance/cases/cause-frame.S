// SPDX-License-Identifier: MIT
// WRONG: x9 and x10 come back from the frame in each other's place.
.macro work
.endm
.macro refuse
.endm
.macro restore
	ldp	x10, x9, [sp], #32
.endm
	.include "cause.inc"
