@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: the handler stands in the slot of HVC taken in Hyp mode, and that of callers
@ below parks.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	unknown: outcome
@		first: HVC #0 from svc, r0 = 3
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, in the wrong slot"

	hyp_table trap=slot_hyp_trap, call=handle_trap

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
	eret
2:	bx	r1
