// SPDX-License-Identifier: MIT
// WRONG: PSCI_VERSION has no 64-bit form.
	.include "stack.inc"
	program 0xc400
