@ SPDX-License-Identifier: MIT
@
@ Linux arm hyp stub, 4.12 to 5.6. r0 selects; neither the immediate nor HSR is looked at.
@
@	r0 in			r0 out		effect
@	0 SET_VECTORS		0		HVBAR := r1
@	1 SOFT_RESTART		1		branch to r1 in Hyp mode, bit 0 selects T32
@	2 RESET_VECTORS		0		none
@	other			0x0badca11	none
@
@ Every other register is kept. The seven other slots branch to themselves.
@
@ Source: Linux 4.12 .. 5.6, arch/arm/kernel/hyp-stub.S and include/asm/virt.h.
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Linux arm hyp stub, 4.12 to 5.6: set vectors, soft restart, reset"

	hyp_table
	stub_handler 1, 1
