// SPDX-License-Identifier: MIT
//
// x0 is stirred, and the answer is 0 whatever comes of it; or there is a bug that one of its 2^64
// values reaches.
	.include "subject.inc"

routine handle
	mov	x1, #0x7c15
	movk	x1, #0x7f4a, lsl #16
	movk	x1, #0x79b9, lsl #32
	movk	x1, #0x9e37, lsl #48
	mul	x2, x0, x1
	ror	x2, x2, #23
	eor	x2, x2, x1
	add	x2, x2, #0x123
	mov	x1, #0x1234
	movk	x1, #0xbeef, lsl #48
	.ifdef	FAULT
	cmp	x2, x1
	b.eq	1f
	.endif
	answer	0
	.ifdef	FAULT
1:	msr	vttbr_el2, x0
	answer	1
	.endif
