// SPDX-License-Identifier: MIT
// WRONG: whatever stack pointer the caller uses, the exception comes to its EL1h slot.
.macro work
.endm
.macro back
.endm
.macro inject
	mrs	x9, elr_el2
	orr	x9, x9, #0x200
	msr	elr_el2, x9
	mrs	x9, sctlr_el1
	tbnz	x9, #23, 1f
	orr	x10, x10, #(1 << 22)
1:
.endm
	.include "state.inc"
