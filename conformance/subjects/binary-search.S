// SPDX-License-Identifier: MIT
//
// A sorted list of identifiers searched by halves; the index is the answer.
	.include "subject.inc"

routine handle
	adr	x1, identifiers
	mov	x2, #0
	.ifdef	FAULT
	mov	x3, #6
	.else
	mov	x3, #7
	.endif
1:	cmp	x2, x3
	b.hs	9f
	add	x4, x2, x3
	lsr	x4, x4, #1
	ldr	w5, [x1, x4, lsl #2]
	cmp	w0, w5
	b.eq	2f
	b.lo	3f
	add	x2, x4, #1
	b	1b
3:	mov	x3, x4
	b	1b
2:	mov	x0, x4
	eret
9:	mov	x0, #-1
	eret

	.balign	4
identifiers:
	.word	0x10, 0x20, 0x84000000, 0x84000001, 0x84000008, 0xc4000001, 0xc4000003
