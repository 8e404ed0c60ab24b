@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: a call returns to the instruction behind the next.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	reset_vectors: outcome
@		first: HVC #0 from svc, r0 = 2
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, skipping an instruction"

	hyp_table

routine handle_trap
	teq	r0, #0
	beq	1f
	teq	r0, #1
	beq	2f
	teq	r0, #2
	beq	3f
	mov32	r0, HVC_STUB_ERR
	eret
1:	write_hvbar r1
3:	mrs	r0, elr_hyp
	add	r0, r0, #4
	msr	elr_hyp, r0
	mov	r0, #0
	eret
2:	bx	r1
