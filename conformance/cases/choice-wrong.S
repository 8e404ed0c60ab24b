// SPDX-License-Identifier: MIT
// WRONG: CPU_OFF has no 64-bit form.
	.include "choice.inc"
	program 2
