// SPDX-License-Identifier: MIT
//
// QNX startup library on arm64, its EL2 stub. Neither the immediate nor the exception class is
// looked at: whatever comes from AArch64 below is a call.
//
//	x1 in		x0 out		effect
//	address		the function's	SP_EL2 := SP_EL1, x2 := SP_EL1, then calls x1 with x0 .. as
//					they are at EL2
//
// x30 is left holding the stub's own address, behind the call; the function may lose x0 to x18.
// The slot for EL2h belongs to the same table's other job, as VBAR_EL1: there it loads the flag
// `trying_hvc` into w0 and, if it is set, adds 4 to ELR_EL1, so as to skip an HVC that was
// UNDEFINED; if not, it spins. The flag is clear here. The fourteen other slots spin.
//
// Source: RunzeJustin/R-CarM3_Salvator_qnx70 d6cf43d4, R-CarM3/src/hardware/startup/lib/aarch64/
// vbar_default.S (QNX Software Systems, 2014); phytec/qnx-phytec, _start_el1.S.
	.include "macros.inc"
	.include "trap.inc"

	subject	"QNX startup EL2 stub: any HVC calls x1 at EL2 on the caller's stack"

	trap_table lower64=handle_sync, el2h=handle_el1h

routine handle_sync
	mrs	x2, sp_el1
	mov	sp, x2
	blr	x1
	eret

routine handle_el1h
	adr	x0, trying_hvc
	ldr	w0, [x0]
1:	cbz	w0, 1b
	mrs	x0, elr_el1
	add	x0, x0, #4
	msr	elr_el1, x0
	eret

	.data
variable trying_hvc
	.quad	0
