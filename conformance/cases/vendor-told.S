// SPDX-License-Identifier: MIT
// WRONG: bit 2, HYP_MEMINFO, is told of, and nobody answers it.
	.include "vendor.inc"
	program 7
