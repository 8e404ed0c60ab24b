// SPDX-License-Identifier: MIT
.macro	told
	is	x1, 0x84000000, zero
	is	x1, 0x84000003, zero
	is	x1, 0x84000004, zero
	is	x1, 0xc4000004, zero
	is	x1, 0x8400000a, zero
.endm
	.include "features.inc"
