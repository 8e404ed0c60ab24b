// SPDX-License-Identifier: MIT
.macro bound
	b.hi	no
	mov	w0, w0
.endm
	.include "gate.inc"
