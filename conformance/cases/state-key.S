// SPDX-License-Identifier: MIT
// WRONG: EL2 leaves a key of its own behind.
.macro work
	movz	x9, #0x1234
	msr	apdbkeyhi_el1, x9
.endm
.macro back
.endm
.macro inject
	orr	x10, x10, #(1 << 22)
.endm
	.include "state.inc"
