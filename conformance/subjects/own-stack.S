// SPDX-License-Identifier: MIT
//
// Registers wait on the stack while a number is stored at x1, which may be that very place.
	.include "subject.inc"

routine handle
	stp	x29, x30, [sp, #-16]!
	str	x0, [x1]
	ldp	x29, x30, [sp], #16
	eret
