// SPDX-License-Identifier: MIT
// The note is on EL2's stack.
.macro note
	str	x0, [sp, #160]
.endm
	.include "pointer.inc"
