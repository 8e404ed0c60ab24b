@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: the number of a hypercall is looked for in r7, as Linux has it for system
@ calls.
@
@ Judged by xen-arm32, this must be reported:
@
@	unknown: result of r0
@		first: HVC #0xea1 from svc, r12 = 0
	.include "arm32.inc"
	.include "arm32/guest.inc"

	subject	"Broken: Xen on arm32, selecting by r7"

	hyp_table

routine handle_trap
	enter
	hvc_only
	cmp	lr, #0
	beq	not_supported
	mov32	r1, 0xea1
	cmp	lr, r1
	bne	inject_undefined
	on	r7, unknown, 0, 1, 2, 3, 4, 5
	answer	hypercall, 0
	answer	unknown, -38
	answer	not_supported, -1
	inject_undefined_routine
	boundary other_trap
