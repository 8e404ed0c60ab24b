// SPDX-License-Identifier: MIT
// WRONG: the number is compared as a signed one, and there is more than the table below it.
.macro bound
	b.gt	no
	sxtw	x0, w0
.endm
	.include "gate.inc"
