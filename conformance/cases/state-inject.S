// SPDX-License-Identifier: MIT
// WRONG: the exception that is injected does not set PAN, as one to EL1 would.
.macro work
.endm
.macro back
.endm
.macro inject
.endm
	.include "state.inc"
