// SPDX-License-Identifier: MIT
.macro work
	fmov	d9, x9
.endm
.macro back
.endm
.macro inject
	orr	x10, x10, #(1 << 22)
.endm
	.include "state.inc"
