// SPDX-License-Identifier: MIT
// WRONG: who called the second function may meet the old vectors.
	.arch	armv8.5-a
	.text
	.global first
	.type first, %function
first:	msr	vbar_el2, x0
	isb
	ret
	.size first, . - first
	.global second
	.type second, %function
second:	msr	vbar_el2, x0
	ret
	.size second, . - second
