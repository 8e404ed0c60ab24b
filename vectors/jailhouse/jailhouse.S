// SPDX-License-Identifier: MIT
//
// Jailhouse on arm64, vectors of a running hypervisor. One immediate is served, x0 selects, all
// 64 bits of it.
//
//	immediate	x0 in			x0 out
//	0x4a48 ("JH")	0 DISABLE		0
//			1 CELL_CREATE		0
//			2 CELL_START		0
//			3 CELL_SET_LOADABLE	0
//			4 CELL_DESTROY		0
//			5 GET_INFO		0
//			6 CELL_GET_STATE	0
//			7 CPU_GET_INFO		0
//			8 CONSOLE_PUTC		0
//			other			-38 (-ENOSYS)
//	other, 0 too	-			the CPU is parked
//
// Every other register is kept, though clients declare x1 to x3 as lost. Boundaries, each
// spinning: parked, other_trap (no HVC from AArch64), hyp_panic (an exception at EL2).
//
// Source: siemens/jailhouse e57d1eff, hypervisor/arch/arm64/entry.S, traps.c, include/asm/
// jailhouse_hypercall.h; hypervisor/control.c; include/jailhouse/hypercall.h.
	.include "macros.inc"
	.include "trap.inc"

	.equ	JAILHOUSE_HVC_CODE, 0x4a48
	.equ	ENOSYS, 38

	subject	"Jailhouse on arm64: 0x4A48 with x0, anything else parks the CPU"

	trap_table lower64=handle_trap, lower32=handle_trap, el2h=hyp_panic

routine handle_trap
	enter
	hvc64_only
	get_iss
	mov32	w30, JAILHOUSE_HVC_CODE
	cmp	w29, w30
	b.ne	parked
	on_x	x0, hypercall, 0, 1, 2, 3, 4, 5, 6, 7, 8

	answer	unknown, -ENOSYS
	answer	hypercall, 0
	boundary	parked
	boundary	other_trap
	spin	hyp_panic
