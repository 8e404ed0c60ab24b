// SPDX-License-Identifier: MIT
.macro work
.endm
.macro back
.endm
.macro inject
	orr	x10, x10, #(1 << 22)
	orr	x10, x10, #(1 << 23)
.endm
	.include "state.inc"
