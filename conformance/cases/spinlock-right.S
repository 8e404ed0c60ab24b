// SPDX-License-Identifier: MIT
// Who waits for it learns nothing of EL2.
.macro release
	stlr	wzr, [x11]
.endm
	.include "spinlock.inc"
