// SPDX-License-Identifier: MIT
//
// A loop over the hexadecimal digits of the immediate, least first, until none is left: their sum.
	.include "subject.inc"

routine handle
	get_imm
	mov	x0, #0
1:	.ifdef	FAULT
	and	x1, x29, #7
	.else
	and	x1, x29, #15
	.endif
	add	x0, x0, x1
	lsr	x29, x29, #4
	cbnz	x29, 1b
	eret
