// SPDX-License-Identifier: MIT
//
// Three comparisons in one condition, by CCMP.
	.include "subject.inc"

routine handle
	cmp	x0, #5
	.ifdef	FAULT
	ccmp	x1, #2, #4, eq
	.else
	ccmp	x1, #2, #0, eq
	.endif
	ccmp	w2, w3, #0, eq
	b.eq	1f
	cmp	x0, #1
	ccmp	x1, #9, #4, ne
	cset	x0, eq
	eret
1:	answer	7
