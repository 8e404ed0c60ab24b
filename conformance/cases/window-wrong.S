// SPDX-License-Identifier: MIT
// WRONG: calls from 3 on go where they say, in the page of the vectors and in what is left of it.
	.include "case.inc"
	table	low64=sync
sync:	stp	x1, x30, [sp, #-16]!
	cmp	x0, #3
	b.lo	1f
	adrp	x1, vectors
	and	x30, x0, #0xffc
	add	x1, x1, x30
	blr	x1
1:	mov	x0, #1
	ldp	x1, x30, [sp], #16
	eret
