// SPDX-License-Identifier: MIT
// WRONG: the exception inside takes the return address and the level of the call's own.
.macro keep
.endm
.macro give
.endm
	.include "nested.inc"
