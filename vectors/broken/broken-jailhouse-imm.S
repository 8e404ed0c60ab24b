// SPDX-License-Identifier: MIT
//
// Wrong on purpose: only the low byte of the immediate is compared, so #0x0048, #0x0148 and so on
// are hypercalls instead of parking the CPU.
//
// Judged by jailhouse, this must be reported:
//
//	unknown_imm: outcome
//		first: HVC #0x48 from EL1h (return)
	.include "macros.inc"
	.include "trap.inc"

	.equ	JAILHOUSE_HVC_CODE, 0x4a48
	.equ	ENOSYS, 38

	subject	"Broken: Jailhouse, comparing only imm[7:0]"

	trap_table lower64=handle_trap, lower32=handle_trap, el2h=hyp_panic

routine handle_trap
	enter
	hvc64_only
	get_iss
	and	x29, x29, #0xff
	cmp	x29, #(JAILHOUSE_HVC_CODE & 0xff)
	b.ne	parked
	on_x	x0, hypercall, 0, 1, 2, 3, 4, 5, 6, 7, 8

	answer	unknown, -ENOSYS
	answer	hypercall, 0
	boundary	parked
	boundary	other_trap
	spin	hyp_panic
