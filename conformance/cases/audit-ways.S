// SPDX-License-Identifier: MIT
// WRONG: on one way to the end of `some` there is no ISB. `all` has one on each.
	.text
	.global some
	.type some, %function
some:	msr	ttbr0_el2, x0
	cbz	x1, 1f
	isb
1:	ret
	.size some, . - some
	.global all
	.type all, %function
all:	msr	ttbr0_el2, x0
	cbz	x1, 1f
	isb
	ret
1:	dsb	ish
	isb
	ret
	.size all, . - all
