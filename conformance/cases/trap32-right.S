// SPDX-License-Identifier: MIT
.macro beyond reg
	add	\reg, \reg, #4
.endm
	.include "trap32.inc"
