// SPDX-License-Identifier: MIT
.macro early
	stp	x2, x3, [x19, #16]
.endm
.macro after
.endm
	.include "late.inc"
