@ SPDX-License-Identifier: MIT
@
@ The same of a Thumb-2 kernel (CONFIG_THUMB2_KERNEL): HSCTLR.TE has the vectors run in T32.
	.equ	T32, 1
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Linux arm hyp stub, 4.12 to 5.6, of a Thumb-2 kernel"

	hyp_table
	stub_handler 1, 1
