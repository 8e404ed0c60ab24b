@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: sets HVBAR from r0 instead of r1.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	set_vectors: result of hvbar
@		first: HVC #0 from svc, r0 = 0
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, setting the wrong HVBAR"

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
1:	write_hvbar r0
3:	mov	r0, #0
	eret
2:	bx	r1
