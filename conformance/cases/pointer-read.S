// SPDX-License-Identifier: MIT
// WRONG: what x1 leads to is read, and that may be nothing: an abort at EL2.
.macro note
	ldr	x2, [x1]
	str	x2, [sp, #160]
.endm
	.include "pointer.inc"
