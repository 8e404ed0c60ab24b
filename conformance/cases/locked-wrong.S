// SPDX-License-Identifier: MIT
// WRONG: it is not asked whether that is over.
.macro gone
.endm
	.include "locked.inc"
