// SPDX-License-Identifier: MIT
// WRONG: as after an HVC, nothing is added.
.macro beyond reg
.endm
	.include "trap32.inc"
