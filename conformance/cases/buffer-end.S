// SPDX-License-Identifier: MIT
.macro limits
	movz	x9, #0x40, lsl #32
	movk	x9, #2, lsl #16
	sub	x9, x1, x9
	lsr	x9, x9, #16
	cbnz	x9, bad
.endm
	.include "buffer.inc"
