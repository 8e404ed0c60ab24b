@ SPDX-License-Identifier: MIT
@
@ Linux arm hyp stub, 3.7 to 4.11. Neither the immediate nor HSR is looked at.
@
@	r0 in			r0 out		effect
@	0xffffffff		HVBAR		none
@	other			kept		HVBAR := r0
@
@ Every other register is kept. The seven other slots branch to themselves.
@
@ Source: Linux 3.7 .. 4.11, arch/arm/kernel/hyp-stub.S.
	.include "arm32.inc"

	subject	"Linux arm hyp stub, 3.7 to 4.11: r0 = -1 gets HVBAR, anything else sets it"

	hyp_table

routine handle_trap
	cmn	r0, #1
	beq	1f
	write_hvbar r0
	eret
1:	read_hvbar r0
	eret
