// SPDX-License-Identifier: MIT
// CPU_ON has both.
	.include "choice.inc"
	program 3
