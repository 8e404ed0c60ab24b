@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: returns in A32 whatever state the caller was in.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	reset_vectors: outcome
@		first: HVC #0 of T32 from svc, r0 = 2
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, losing the T32 state of its caller"

	hyp_table

routine handle_trap
	push	{r0}
	mrs	r0, spsr
	bic	r0, r0, #PSR_T
	msr	spsr_cxsf, r0
	pop	{r0}
	stub_calls 1, 1
