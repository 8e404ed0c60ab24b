// SPDX-License-Identifier: MIT
//
// A branch into code of equal pieces, by two bits of x0: a table without a table. The table `many`
// has more pieces than are taken apart.
	.include "subject.inc"

routine handle
	and	x2, x0, #3
	adr	x3, pieces
	add	x3, x3, x2, lsl #3
	br	x3
pieces:
	answer	10
	answer	11
	answer	12
	.ifdef	FAULT
	answer	12
	.else
	answer	13
	.endif

	own_table many
	and	x2, x0, #0x7ff
	adr	x3, 1f
	add	x3, x3, x2, lsl #3
	br	x3
1:
	.rept	2048
	answer	1
	.endr
