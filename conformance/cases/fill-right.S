// SPDX-License-Identifier: MIT
// Both ends are looked at.
.macro low
	cmp	x1, x4
	b.lo	bad
.endm
	.include "fill.inc"
