// SPDX-License-Identifier: MIT
// There is one way back.
.macro early
.endm
	.include "clear.inc"
