// SPDX-License-Identifier: MIT
.macro limits
	movz	x9, #0x40, lsl #32
	movk	x9, #2, lsl #16
	sub	x9, x1, x9
	lsr	x9, x9, #16
	cbnz	x9, bad
	movz	x9, #0x40, lsl #32
	movk	x9, #2, lsl #16
	sub	x9, x1, x9
	sub	x9, x9, #0xfe0
	sub	x9, x9, #0xf, lsl #12
	cmp	x9, #0
	b.gt	bad
.endm
	.include "buffer.inc"
