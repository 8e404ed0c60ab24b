@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: takes LR_usr, which Hyp mode has for its own, for the return address of the
@ exception.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	reset_vectors: outcome
@		first: HVC #0 from svc, r0 = 2
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, returning to LR_usr"

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
3:	mov	r0, #0
	msr	elr_hyp, lr
	eret
2:	bx	r1
