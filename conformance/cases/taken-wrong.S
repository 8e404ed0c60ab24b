// SPDX-License-Identifier: MIT
// WRONG: they are those of the exception that EL2 took last.
.macro enter
.endm
.macro leave
.endm
	.include "taken.inc"
