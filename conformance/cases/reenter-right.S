// SPDX-License-Identifier: MIT
.macro keep
	sub	sp, sp, #48
	str	x9, [sp, #32]
	mov	x9, sp
	stp	x0, x1, [x9]
	stp	x2, x3, [x9, #16]
.endm
.macro back
	mov	x9, sp
	ldp	x0, x1, [x9]
	ldp	x2, x3, [x9, #16]
	ldr	x9, [sp, #32]
	add	sp, sp, #48
.endm
	.include "reenter.inc"
