// SPDX-License-Identifier: MIT
.macro work
	mov	x9, #0x1e4
	msr	dbgbcr0_el1, x9
	msr	afsr0_el1, x9
.endm
.macro back
.endm
.macro inject
	orr	x10, x10, #(1 << 22)
.endm
	.include "state.inc"
