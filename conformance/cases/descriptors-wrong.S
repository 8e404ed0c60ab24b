// SPDX-License-Identifier: MIT
// WRONG: sixteen times the number is taken modulo 2^32.
.macro room
	lsl	w3, w1, #4
	cbz	w1, bad
	cmp	w3, #256
	b.hi	bad
	mov	w1, w1
.endm
	.include "descriptors.inc"
