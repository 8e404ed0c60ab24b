// SPDX-License-Identifier: MIT
// That is all that it does.
.macro late
.endm
	.include "count.inc"
