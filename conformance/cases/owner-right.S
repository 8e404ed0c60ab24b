// SPDX-License-Identifier: MIT
.macro below offset, limit
	movz	\limit, #0x5, lsl #16
	sub	\limit, \limit, #32
	cmp	\offset, \limit
	b.ls	good
.endm
	.include "owner.inc"
