// SPDX-License-Identifier: MIT
// WRONG: calls with x1 = 0 leave it held, and the next call waits for ever.
.macro release
	cbz	x1, 2f
	stlr	wzr, [x11]
2:
.endm
	.include "spinlock.inc"
