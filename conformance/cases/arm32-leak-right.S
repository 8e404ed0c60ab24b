@ SPDX-License-Identifier: MIT
	.equ	WRONG, 0
	.include "arm32-leak.inc"
