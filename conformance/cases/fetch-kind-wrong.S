// SPDX-License-Identifier: MIT
// WRONG: the number is read again behind its test.
.macro	again
	ldr	w2, [x1, #8]
.endm
	.include "fetch-kind.inc"
