// SPDX-License-Identifier: MIT
// Three of three.
.macro bound
	b.hs	no
.endm
	.include "beyond.inc"
