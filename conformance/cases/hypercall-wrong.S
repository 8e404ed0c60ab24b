// SPDX-License-Identifier: MIT
// WRONG: no hypercall has this number.
	.include "hypercall.inc"
	program 77
