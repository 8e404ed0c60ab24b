@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: SPSR_hyp is not what the exception saved when the call returns, but a fixed
@ mode and mask.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	unknown: preserve of nzcv
@		first: HVC #0 from svc, r0 = 3
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, losing SPSR_hyp"

	hyp_table

routine handle_trap
	teq	r0, #3
	bne	4f
	push	{r12}
	movw	r12, #(PSR_AIF | PSR_MODE_SVC)
	mrs	r0, spsr
	and	r0, r0, #PSR_T
	orr	r12, r12, r0
	msr	spsr_cxsf, r12
	pop	{r12}
	mov32	r0, HVC_STUB_ERR
	eret
4:	stub_calls 1, 1
