// SPDX-License-Identifier: MIT
// HVC, x0 = 1: the guest's stage 2 is turned on; its calls come as before.
	.include "case.inc"
	table	low64=sync
sync:	str	x9, [sp, #-16]!
	cmp	x0, #1
	mov	x0, #-1
	b.ne	1f
	mrs	x9, hcr_el2
	orr	x9, x9, #1
	msr	hcr_el2, x9
	isb
	mov	x0, #0
1:	ldr	x9, [sp], #16
	eret
