// SPDX-License-Identifier: MIT
	.arch	armv8.5-a
	.include "case.inc"
	table	low64=sync
sync:	cbz	x0, 1f
	msr	vbar_el2, x0
	eret
	sb
1:	msr	vbar_el2, x1
	isb
	eret
	dsb	nsh
	isb
gadget:	ldr	x2, [x1]
	b	gadget
