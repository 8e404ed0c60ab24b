// SPDX-License-Identifier: MIT
.macro gone
	cbnz	x3, no
.endm
	.include "locked.inc"
