// SPDX-License-Identifier: MIT
//
// PRTOS (of the XtratuM line) on arm64. The immediate is not looked at; w0 selects.
//
//	w0 in					x0 out
//	0 MULTICALL .. 32 GET_VCPUID		0
//	33 .. 43				0 (slots left over from x86)
//	44 IRET, 45 RAISE_TRAP			as it was: neither has a result
//	other					-1, all 64 bits
//
// IRET gives back what an interrupt of the partition saved, if there was one; here there was
// none. Every other register is kept. Boundaries: other_trap (no HVC from AArch64), hyp_panic (an
// exception at EL2).
//
// Source: prtos-project/prtos-hypervisor 93ec820, core/kernel/aarch64/traps.c,
// core/include/aarch64/hypercalls.h, core/include/hypercalls.h.
	.include "macros.inc"
	.include "trap.inc"

	.equ	PRTOS_CALLS, 44
	.equ	PRTOS_IRET, 44
	.equ	PRTOS_RAISE_TRAP, 45
	.equ	PRTOS_NO_ACTION, -1

	subject	"PRTOS on arm64: any immediate, w0 below 46, others -1"

	trap_table lower64=handle_trap, el2t=hyp_panic, el2h=hyp_panic

routine handle_trap
	enter
	hvc64_only
	cmp	w0, #PRTOS_CALLS
	b.lo	hypercall
	cmp	w0, #PRTOS_IRET
	b.eq	no_result
	cmp	w0, #PRTOS_RAISE_TRAP
	b.eq	no_result

	answer	unknown, PRTOS_NO_ACTION
	answer	hypercall, 0

routine no_result
	leave

	boundary	other_trap
	spin	hyp_panic
