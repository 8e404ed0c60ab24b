// SPDX-License-Identifier: MIT
// EL2 turns its own data big-endian: SCTLR_EL2.EE.
	.include "case.inc"
	table	low64=sync
sync:	mrs	x2, sctlr_el2
	orr	x2, x2, #1 << 25
	msr	sctlr_el2, x2
	isb
	ldr	x3, [x1]
	mov	x0, #-1
	eret
