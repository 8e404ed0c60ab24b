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
	beq	3f
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
	eret
2:	bx	r1
