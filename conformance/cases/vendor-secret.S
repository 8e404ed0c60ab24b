// SPDX-License-Identifier: MIT
// WRONG: a call of the standard services is answered that no specification of this ABI names.
	.include "vendor.inc"
	program 3, 0x84000050
