// SPDX-License-Identifier: MIT
.macro BEHIND
	add	x16, x16, #4
.endm
.macro GIVE
.endm
	.include "aarch32-state.inc"
