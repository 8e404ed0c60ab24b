@ SPDX-License-Identifier: MIT
@
@ Linux arm hyp stub of the kernel proper, 5.7 to 7.2. r0 selects.
@
@	r0 in			r0 out		effect
@	1 SOFT_RESTART		1		branch to r1 in Hyp mode, bit 0 selects T32
@	other, 0 and 2 too	0x0badca11	none
@
@ Source: Linux 5.7 .. 7.2, arch/arm/kernel/hyp-stub.S; commit 15ff9a39cd5e.
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Linux arm hyp stub, 5.7 to 7.2: soft restart only"

	hyp_table
	stub_handler 0, 0
