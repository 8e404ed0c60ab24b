// SPDX-License-Identifier: MIT
// WRONG: what was tested is read again.
.macro use
	ldr	x5, [x1]
.endm
	.include "fetch.inc"
