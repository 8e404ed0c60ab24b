// SPDX-License-Identifier: MIT
//
// Below immediate 0x100 there is arithmetic of floating point, which nobody follows; behind it odd
// immediates hang, and even ones return. From 0x100 on: 2.
	.include "subject.inc"

routine handle
	get_imm
	cmp	x29, #0x100
	b.hs	2f
	fadd	d0, d1, d2
	tbz	x29, #0, 1f
	b	.
1:	answer	1
2:	answer	2
