// SPDX-License-Identifier: MIT
// WRONG: the SMC is made again, for ever.
.macro move
.endm
	.include "skip.inc"
