// SPDX-License-Identifier: MIT
// WRONG: its own exception has taken ELR_EL2 and SPSR_EL2, so that the last ERET stays at EL2.
.macro keep
.endm
.macro give
.endm
	.include "nested-undefined.inc"
