// SPDX-License-Identifier: MIT
	.include "vendor.inc"
	program 3
