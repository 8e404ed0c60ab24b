// SPDX-License-Identifier: MIT
.macro lock
	orr	x9, x9, #(1 << 19)
.endm
	.include "tsc.inc"
