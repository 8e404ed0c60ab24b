@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: r0 is compared as a signed number: a large one is a call.
@
@ Judged by linux-arm-stub-4.12, this must be reported:
@
@	unknown: result of r0
@		first: HVC #0 from svc, r0 = 0x80000000
	.include "arm32.inc"
	.include "arm32/stub.inc"

	subject	"Broken: the arm stub, comparing r0 signed"

	hyp_table

routine handle_trap
	cmp	r0, #2
	ble	4f
	mov32	r0, HVC_STUB_ERR
	eret
4:	teq	r0, #0
	beq	1f
	teq	r0, #1
	beq	2f
	b	3f
1:	write_hvbar r1
3:	mov	r0, #0
	eret
2:	bx	r1
