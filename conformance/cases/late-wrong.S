// SPDX-License-Identifier: MIT
.macro early
.endm
.macro after
	stp	x2, x3, [x19, #16]	// WRONG: trace() may have changed them
.endm
	.include "late.inc"
