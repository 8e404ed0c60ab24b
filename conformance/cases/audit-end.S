// SPDX-License-Identifier: MIT
// WRONG: an ERET is the last of all.
	.include "case.inc"
	table	low64=sync
sync:	mov	x0, #0
	eret
