// SPDX-License-Identifier: MIT
.macro room
	cmp	x1, #16
	b.hi	bad
.endm
	.include "descriptors.inc"
