// SPDX-License-Identifier: MIT
// WRONG: whatever register the guest reads into, x0 gets the value.
.macro which esr, rest
	and	\rest, \esr, #0x3fffff
	movz	\esr, #0x0403
	movk	\esr, #0x28, lsl #16
	eor	\rest, \rest, \esr
	bic	\rest, \rest, #0x3e0
.endm
.macro go_on
	mrs	x9, elr_el2
	add	x9, x9, #4
	msr	elr_el2, x9
.endm
	.include "traps.inc"
