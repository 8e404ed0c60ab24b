@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: only the low byte of r0 is compared.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	unknown: result of r0
@		first: HVC #0 from svc, r0 = 0x102
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, comparing a byte of r0"

	hyp_table

routine handle_trap
	push	{r1}
	and	r1, r0, #0xff
	teq	r1, #2
	pop	{r1}
	beq	reset_vectors
	stub_calls 1, 1
