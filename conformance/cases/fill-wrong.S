// SPDX-License-Identifier: MIT
// WRONG: the end of the buffer is in the caller's memory, or has gone round past zero.
.macro low
.endm
	.include "fill.inc"
