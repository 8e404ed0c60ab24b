// SPDX-License-Identifier: MIT
//
// Zircon (Fuchsia) on arm64, the table that boot leaves at EL2. The immediate is the call.
//
//	immediate	x0 out		effect
//	0 psci		EL3's		the call is forwarded: SMC #0 with all registers as they are
//	1 mexec		-		branch to x0 at EL2
//	2 tlbi		0		x11 = 0: TLBI by IPA x1 in the VMID of VTTBR x0, last level if
//					x2, x1 := x1 >> 12; else TLBI by VMID. VTTBR_EL2 := 0
//	3 on		0		TTBR0_EL2 := x0, SP_EL2 := x1, VBAR_EL2 := zircon_exec
//	4 .. 7		-20		none: BAD_STATE, these belong to the other table
//	other		-10		none: INVALID_ARGS, as for anything that is no HVC
//
// x9 is left holding ESR_EL2 or an address, x10 the exception class or the immediate; x11 and the
// rest are kept. Every other slot resets the system through PSCI, an SMC.
//
// `on` starts EL2 translation too, which is not modelled, nor are TCR, VTCR, MAIR and SCTLR of
// EL2. In the table that it installs, VTTBR_EL2 not zero means a guest, which leaves at
// guest_exit or guest_irq; off (4) undoes `on`, and resume, gich_state and gich_vtr (5 to 7) end at
// el2_service. Those spin.
//
// Source: vsrinivas/fuchsia 135f3f1d (a mirror of 2017 to 2018), zircon/kernel/arch/arm64/
// hypervisor/el2.S, zircon/system/public/zircon/errors.h.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"

	.equ	ZIRCON_CALLS, 8
	.equ	ZX_ERR_INVALID_ARGS, -10
	.equ	ZX_ERR_BAD_STATE, -20

	subject	"Zircon EL2 stub at boot: immediates 0 to 7, others -10"

	vector_table
	.irp	name, el2t_sync, el2t_irq, el2t_fiq, el2t_serror
	branch_slot \name, system_reset
	.endr
	.irp	name, el2h_sync, el2h_irq, el2h_fiq, el2h_serror
	branch_slot \name, system_reset
	.endr
	branch_slot lower64_sync, handle_init
	branch_slot lower64_irq, system_reset
	branch_slot lower64_fiq, system_reset
	branch_slot lower64_serror, system_reset
	.irp	name, lower32_sync, lower32_irq, lower32_fiq, lower32_serror
	branch_slot \name, system_reset
	.endr
	end_table

// Go to the entry of the table of branches at \table, by the immediate.
.macro zircon_dispatch table:req
	mrs	x9, esr_el2
	lsr	x10, x9, #ESR_ELx_EC_SHIFT
	cmp	x10, #ESR_ELx_EC_HVC64
	b.ne	invalid_args
	and	x10, x9, #ESR_ELx_ISS_MASK
	cmp	x10, #ZIRCON_CALLS
	b.hs	invalid_args
	adr	x9, \table
	add	x9, x9, x10, lsl #2
	br	x9
.endm

routine handle_init
	zircon_dispatch init_calls
routine init_calls
	b	psci
	b	mexec
	b	tlbi_call
	b	on
	b	bad_state
	b	bad_state
	b	bad_state
	b	bad_state

routine handle_exec
	str	x9, [sp, #-16]!
	mrs	x9, vttbr_el2
	cbnz	x9, guest_exit
	add	sp, sp, #16
	zircon_dispatch exec_calls
routine exec_calls
	b	psci
	b	mexec
	b	tlbi_call
	b	bad_state
	b	off
	b	el2_service
	b	el2_service
	b	el2_service

routine psci
	smc	#0
	eret

routine mexec
	br	x0

routine tlbi_call
	msr	vttbr_el2, x0
	isb
	dsb	ishst
	cbnz	x11, 3f
	lsr	x1, x1, #12
	cbnz	x2, 1f
	tlbi	ipas2e1is, x1
	b	2f
1:	tlbi	ipas2le1is, x1
2:	dsb	ish
	tlbi	vmalle1is
	b	4f
3:	tlbi	vmalls12e1is
4:	dsb	ish
	isb
	msr	vttbr_el2, xzr
	isb
	b	ok

routine on
	msr	ttbr0_el2, x0
	mov	sp, x1
	adr	x9, zircon_exec
	b	install

routine off
	adr	x9, hvc_vectors

routine install
	msr	vbar_el2, x9
	isb

routine ok
	mov	x0, xzr
	eret

routine bad_state
	mov	x0, #ZX_ERR_BAD_STATE
	eret

routine invalid_args
	mov	x0, #ZX_ERR_INVALID_ARGS
	eret

routine system_reset
	mov32	x0, PSCI_SYSTEM_RESET
	smc	#0
	b	.

routine guest_exit
	ldr	x9, [sp], #16
1:	b	1b

	spin	guest_irq
	spin	el2_service

// The table that `on` installs, live for synchronous exceptions and IRQs from AArch64.
	.balign	0x800
routine zircon_exec
	.rept	8
	b	system_reset
	.balign	SLOT_SIZE
	.endr
	b	handle_exec
	.balign	SLOT_SIZE
	b	guest_irq
	.balign	SLOT_SIZE
	.rept	6
	b	system_reset
	.balign	SLOT_SIZE
	.endr
