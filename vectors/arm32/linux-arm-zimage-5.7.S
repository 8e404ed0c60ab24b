@ SPDX-License-Identifier: MIT
@
@ Linux arm hyp stub inside the zImage loader, 5.7 to 7.2. r0 selects.
@
@	r0 in			r0 out		effect
@	0 SET_VECTORS		0		HVBAR := r1
@	1 SOFT_RESTART		1		branch to r1 in Hyp mode, bit 0 selects T32
@	other, 2 too		0x0badca11	none
@
@ Source: Linux 5.7 .. 7.2, arch/arm/boot/compressed/head.S, which includes
@ arch/arm/kernel/hyp-stub.S; commit 15ff9a39cd5e.
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Linux arm hyp stub of the zImage loader, 5.7 to 7.2: set vectors, soft restart"

	hyp_table
	stub_handler 1, 0
