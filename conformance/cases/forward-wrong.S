// SPDX-License-Identifier: MIT
// WRONG: every identifier behind the last that is known is the firmware's.
.macro pass
	b.hs	forward
.endm
	.include "forward.inc"
