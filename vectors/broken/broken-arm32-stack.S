@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: a word is left on the stack of Hyp mode by every call that is none.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	unknown: preserve of sp_hyp
@		first: HVC #0 from svc, r0 = 3
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, leaving its stack lower"

	hyp_table

routine handle_trap
	teq	r0, #0
	beq	1f
	teq	r0, #1
	beq	2f
	teq	r0, #2
	beq	3f
	push	{r0}
	mov32	r0, HVC_STUB_ERR
	eret
1:	write_hvbar r1
3:	mov	r0, #0
	eret
2:	bx	r1
