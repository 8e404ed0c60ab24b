// SPDX-License-Identifier: MIT
//
// Calls that give back the same, and differ in what they write to memory of the caller's alone: 1
// writes x2 to where x1 points, 2 writes x3 there, others write nothing.
	.include "subject.inc"

routine handle
	cmp	x0, #1
	b.ne	1f
	str	x2, [x1]
	b	3f
1:	cmp	x0, #2
	b.ne	3f
	str	x3, [x1]
3:	answer	0
