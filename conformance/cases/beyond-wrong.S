// SPDX-License-Identifier: MIT
// WRONG: the fourth of three.
.macro bound
	b.hi	no
.endm
	.include "beyond.inc"
