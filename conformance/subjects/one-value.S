// SPDX-License-Identifier: MIT
//
// A bug that one of 2^64 values of x0 reaches: x0 is stirred before it is compared.
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
	cmp	x2, x1
	b.eq	1f
	answer	0
1:	msr	vttbr_el2, x0
	answer	1
