// SPDX-License-Identifier: MIT
// WRONG: HCR_EL2.TSC stays clear, so that SMCs go to EL3.
.macro lock
	orr	x9, x9, #(1 << 13)
.endm
	.include "tsc.inc"
