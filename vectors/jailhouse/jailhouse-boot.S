// SPDX-License-Identifier: MIT
//
// Jailhouse on arm64, the vectors of its bootstrap. The driver installs them through the Linux
// hyp stub with one HVC #0, and enters EL2 by a second.
//
//	immediate	effect
//	any		EL2 goes on at enter_hypervisor, with x1 = 0x16
//
// Neither the immediate nor a register is looked at, only that the exception is an HVC from
// AArch64; otherwise the CPU spins at not_hvc with the exception class in x1. What comes behind
// enter_hypervisor - page tables, the MMU, the vectors of jailhouse.S - is not modelled: it
// spins. The fifteen other slots spin.
//
// Source: siemens/jailhouse e57d1eff, hypervisor/arch/arm64/entry.S (bootstrap_vectors).
	.include "macros.inc"
	.include "trap.inc"

	subject	"Jailhouse on arm64, bootstrap vectors: any HVC enters the hypervisor"

	trap_table lower64=el2_entry

routine el2_entry
	mrs	x1, esr_el2
	lsr	x1, x1, #ESR_ELx_EC_SHIFT
	cmp	x1, #ESR_ELx_EC_HVC64
	b.eq	enter_hypervisor
	spin	not_hvc
	spin	enter_hypervisor
