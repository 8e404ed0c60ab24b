// SPDX-License-Identifier: MIT
.macro INDEX
	mov	w17, w7
.endm
	.include "aarch32-index.inc"
