// SPDX-License-Identifier: MIT
//
// x0 = 1 gives 0, all else -1; but an SMC, whatever its immediate, has one number more, which
// sets VBAR_EL2. That SMCs come back behind the instruction is the handler's business.
	.include "subject.inc"

routine handle
	mrs	x29, esr_el2
	lsr	w29, w29, #26
	cmp	x29, #0x17
	b.ne	1f
	mrs	x29, elr_el2
	add	x29, x29, #4
	msr	elr_el2, x29
	mov	w29, #0x8200
	cmp	w0, w29, lsl #16
	b.ne	1f
	msr	vbar_el2, x1
	answer	0
1:	cmp	x0, #1
	b.ne	2f
	answer	0
2:	answer	-1
