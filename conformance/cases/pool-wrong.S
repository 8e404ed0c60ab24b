// SPDX-License-Identifier: MIT
// WRONG: the number is compared as a signed one, and a call that is refused has bits.
.macro over
	b.gt	bad
.endm
	.include "pool.inc"
