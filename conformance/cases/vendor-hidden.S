// SPDX-License-Identifier: MIT
// WRONG: PTP works, and its bit is clear.
	.include "vendor.inc"
	program 1
