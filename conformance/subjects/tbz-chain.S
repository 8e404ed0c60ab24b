// SPDX-License-Identifier: MIT
//
// Bits 0, 3 and 15 of the immediate, each by TBZ or TBNZ.
	.include "subject.inc"

routine handle
	get_imm
	tbz	w29, #0, 1f
	.ifdef	FAULT
	tbnz	w29, #4, 2f
	.else
	tbnz	w29, #3, 2f
	.endif
	answer	1
1:	tbz	x29, #15, 3f
	answer	2
2:	answer	3
3:	answer	4
