// SPDX-License-Identifier: MIT
//
// A loop over the digits of the immediate, least first, until none is left.
	.include "subject.inc"

routine handle
	get_imm
	mov	x0, #0
1:	and	x1, x29, #15
	cmp	x1, #9
	csel	x1, xzr, x1, hi
	add	x0, x0, x1
	lsr	x29, x29, #4
	cbnz	x29, 1b
	eret
