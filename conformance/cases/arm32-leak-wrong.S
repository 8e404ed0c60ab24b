@ SPDX-License-Identifier: MIT
	.equ	WRONG, 1
	.include "arm32-leak.inc"
