// SPDX-License-Identifier: MIT
// hvm_op
	.include "hypercall.inc"
	program 34
