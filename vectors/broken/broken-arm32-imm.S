@ SPDX-License-Identifier: MIT
@
@ Wrong on purpose: the immediate is compared by its low byte.
@
@ Judged by jailhouse-arm32, this must be reported:
@
@	unknown_imm: outcome
@		first: HVC #0x48 from svc, r0 = 0
	.include "arm32.inc"
	.include "arm32/guest.inc"

	subject	"Broken: Jailhouse on arm32, seeing a byte of the immediate"

	hyp_table

routine handle_trap
	enter
	hvc_only
	and	lr, lr, #0xff
	cmp	lr, #0x48
	bne	parked
	cmp	r0, #8
	bls	hypercall
	answer	unknown, -38
	answer	hypercall, 0
	boundary parked
	boundary other_trap
