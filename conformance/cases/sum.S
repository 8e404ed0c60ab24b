// SPDX-License-Identifier: MIT
// A load at a sum of more addends than are told apart.
	.include "case.inc"
	table	low64=low
low:	mov	x3, #0
	.set	at, 0
	.rept	40
	ldr	x4, [x0, #at]
	add	x3, x3, x4
	.set	at, at + 8
	.endr
	ldr	x0, [x3]
	eret
