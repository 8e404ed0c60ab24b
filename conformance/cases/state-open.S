// SPDX-License-Identifier: MIT
.macro work
.endm
.macro back
.endm
.macro inject
	bic	x10, x10, #0x80
	orr	x10, x10, #(1 << 22)
.endm
	.include "state.inc"
