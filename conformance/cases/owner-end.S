// SPDX-License-Identifier: MIT
// WRONG: the last buffers below EL2's stack run into it.
.macro below offset, limit
	movz	\limit, #0x5, lsl #16
	sub	\limit, \limit, #8
	cmp	\offset, \limit
	b.ls	good
.endm
	.include "owner.inc"
