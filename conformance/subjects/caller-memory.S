// SPDX-License-Identifier: MIT
//
// A block of the caller's in memory, by x1: a number that decides, and where the answer goes.
	.include "subject.inc"

routine handle
	ldr	w2, [x1, #8]
	cmp	w2, #3
	b.eq	1f
	ldrb	w0, [x1, #3]
	eret
1:	str	x0, [x1, #16]
	ldp	x0, x2, [x1, #8]
	eret
