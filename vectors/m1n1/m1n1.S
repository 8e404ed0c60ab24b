// SPDX-License-Identifier: MIT
//
// m1n1 on Apple Silicon, as called by code that it has itself put at EL1. The immediate is the
// call; no register is looked at.
//
//	immediate	effect
//	0		return thunk: SPSR_EL2 := EL2h, unmasked, and on at EL2 in el1_ret
//	0x10-0x1f	an exception at EL1, one a slot of its table: goes to el1_exception
//	other		"Unknown HVC": goes to exc_sync, as any other synchronous exception
//
// Accepted from EL1h only; from EL1t, or for anything that is no HVC, exc_sync. What comes behind
// those three is not modelled: they spin, with every register as it was. So does exc_el2, for a
// synchronous exception at EL2 itself.
//
// Source: AsahiLinux/m1n1 7c7716b6, src/exception.c, src/exception_asm.S, src/start.S.
	.include "macros.inc"
	.include "trap.inc"

	.equ	M1N1_RETURN, 0x00
	.equ	M1N1_EL1_VECTORS, 0x10
	.equ	M1N1_EL1_SLOTS, 0x10

	subject	"m1n1, for its own code at EL1: #0 returns to EL2, #0x10 to #0x1F are vectors"

	trap_table lower64=handle_sync, el2t=exc_el2, el2h=exc_el2

routine handle_sync
	enter
	hvc64_only exc_sync
	mrs	x30, spsr_el2
	and	x30, x30, #SPSR_ELx_M
	cmp	x30, #SPSR_ELx_M_EL1h
	b.ne	exc_sync
	get_iss
	cmp	x29, #M1N1_RETURN
	b.eq	return_thunk
	sub	x30, x29, #M1N1_EL1_VECTORS
	cmp	x30, #M1N1_EL1_SLOTS
	b.lo	el1_exception

	boundary exc_sync
	boundary el1_exception

routine return_thunk
	mov	x30, #SPSR_ELx_M_EL2h
	msr	spsr_el2, x30
	adr	x30, el1_ret
	msr	elr_el2, x30
	leave

	spin	el1_ret
	spin	exc_el2
