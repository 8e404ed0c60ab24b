// SPDX-License-Identifier: MIT
// The number is read once.
.macro	again
.endm
	.include "fetch-kind.inc"
