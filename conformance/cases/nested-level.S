// SPDX-License-Identifier: MIT
// WRONG: SPSR_EL2 is that of its own exception, so that the caller goes on at EL2.
.macro keep
	mrs	x12, elr_el2
	mov	x13, #0
.endm
.macro give
	msr	elr_el2, x12
.endm
	.include "nested-undefined.inc"
