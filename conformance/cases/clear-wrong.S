// SPDX-License-Identifier: MIT
// WRONG: registers that hold zero after a reset keep EL2's zero.
.macro early
	b	out
.endm
	.include "clear.inc"
