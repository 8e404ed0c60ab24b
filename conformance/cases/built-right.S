// SPDX-License-Identifier: MIT
	.set	NUMBER, 0
	.include "built.inc"
