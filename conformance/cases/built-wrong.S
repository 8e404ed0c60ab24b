// SPDX-License-Identifier: MIT
// WRONG: PSCI has no function of this number.
	.set	NUMBER, 0x1e
	.include "built.inc"
