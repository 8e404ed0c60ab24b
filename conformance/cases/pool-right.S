// SPDX-License-Identifier: MIT
// The number is an unsigned one.
.macro over
	b.hi	bad
.endm
	.include "pool.inc"
