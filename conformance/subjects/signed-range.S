// SPDX-License-Identifier: MIT
//
// A range of signed numbers: w0 from -3 to 2.
	.include "subject.inc"

routine handle
	cmp	w0, #2
	.ifdef	FAULT
	b.hi	1f
	.else
	b.gt	1f
	.endif
	cmn	w0, #3
	b.lt	1f
	answer	1
1:	answer	0
