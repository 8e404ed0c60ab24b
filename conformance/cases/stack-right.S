// SPDX-License-Identifier: MIT
	.include "stack.inc"
	program 0x8400
