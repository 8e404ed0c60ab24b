// SPDX-License-Identifier: MIT
	.macro IRQ
	bti	j
	.endm
	.set	TARGET, landing
	.include "audit-landing.inc"
