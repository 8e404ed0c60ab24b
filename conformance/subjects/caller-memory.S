// SPDX-License-Identifier: MIT
//
// A block in memory at x1, which the caller shares: a number that decides, and where the answer
// goes.
	.include "subject.inc"

routine handle
	ldr	w2, [x1, #8]
	cmp	w2, #3
	b.eq	1f
	.ifdef	FAULT
	ldrb	w3, [x1, #3]
	.else
	ldrb	w0, [x1, #3]
	.endif
	eret
1:	str	x0, [x1, #16]
	ldp	x0, x2, [x1, #8]
	eret
