// SPDX-License-Identifier: MIT
//
// A selector with a bit that is not looked at.
	.include "subject.inc"

routine handle
	mov	w1, #0x000b
	movk	w1, #0xc600, lsl #16
	.ifdef	FAULT
	bic	w2, w0, #0x30000
	.else
	bic	w2, w0, #0x10000
	.endif
	cmp	w2, w1
	b.ne	1f
	answer	1
1:	answer	0
