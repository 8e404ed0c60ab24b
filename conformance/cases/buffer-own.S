// SPDX-License-Identifier: MIT
.macro limits
.endm
	.include "buffer.inc"
