// SPDX-License-Identifier: MIT
.macro use
.endm
	.include "fetch.inc"
