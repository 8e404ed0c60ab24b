// SPDX-License-Identifier: MIT
//
// A loop that one immediate enters and nothing leaves.
	.include "subject.inc"

routine handle
	get_imm
	cmp	w29, #0x77
	b.ne	2f
	mov	x1, #3
1:	sub	x1, x1, #1
	cbnz	x1, 1b
	mov	x1, #3
	wfe
	.ifndef	FAULT
	b	1b
	.endif
2:	answer	0
