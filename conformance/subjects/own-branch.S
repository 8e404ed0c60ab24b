// SPDX-License-Identifier: MIT
//
// x0 = 1 gives 0. Where x0 is an address in this code it is called, and what it names there was
// not written to be called; all else gives -22.
	.include "subject.inc"

routine handle
	cmp	x0, #1
	b.eq	2f
	adr	x29, handle
	cmp	x0, x29
	b.lo	1f
	adr	x29, text_end
	cmp	x0, x29
	b.hs	1f
	blr	x0
1:	answer	-22
2:	answer	0
secret:	msr	vbar_el2, x1
	ret
text_end:
