// SPDX-License-Identifier: MIT
// All 64 bits of x7, of which a 32-bit caller has no say over the upper half.
.macro INDEX
	mov	x17, x7
.endm
	.include "aarch32-index.inc"
