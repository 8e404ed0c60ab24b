// SPDX-License-Identifier: MIT
.macro pass
	b.eq	forward
.endm
	.include "forward.inc"
