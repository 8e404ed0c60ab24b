// SPDX-License-Identifier: MIT
// The caller says where EL2's vectors are before EL2 takes an exception: who answers is not known.
	.include "case.inc"
	table	low64=call
call:	msr	vbar_el2, x0
	isb
	brk	#1
	eret
