// SPDX-License-Identifier: MIT
// Words are 4 bytes aligned in A32, and are not in T32; and Q and GE are lost.
.macro BEHIND
	and	x16, x16, #~3
	add	x16, x16, #4
.endm
.macro GIVE
	mov	w17, #0x3ff
	movk	w17, #0xf000, lsl #16
	and	x16, x16, x17
.endm
	.include "aarch32-state.inc"
