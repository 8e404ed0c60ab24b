// SPDX-License-Identifier: MIT
// WRONG: nothing stops the CPU from guessing past the second ERET.
	.arch	armv8.5-a
	.include "case.inc"
	table	low64=sync
sync:	cbz	x0, 1f
	mov	x0, #0
	eret
	sb
1:	mov	x0, #1
	eret
gadget:	ldr	x2, [x1]
	b	gadget
