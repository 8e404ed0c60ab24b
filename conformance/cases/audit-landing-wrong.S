// SPDX-License-Identifier: MIT
// WRONG: one slot of sixteen without BTI, and a branch to the instruction before one.
	.macro IRQ
	nop
	.endm
	.set	TARGET, tail
	.include "audit-landing.inc"
