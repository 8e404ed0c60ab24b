// SPDX-License-Identifier: MIT
// The immediate is the SPSR to return with. Most of its modes make the return illegal; EL2 answers
// that exception, and what it then writes to SPSR_EL2 stays there.
	.include "case.inc"
	table	low64=call, el2h=call, el2t=call
call:	class	x9
	cmp	x9, #0x0e
	b.eq	1f
	mrs	x9, esr_el2
	and	x9, x9, #0xffff
	msr	spsr_el2, x9
	eret
1:	mrs	x10, spsr_el2
	mov	x9, #0x5
	msr	spsr_el2, x9
	eret
