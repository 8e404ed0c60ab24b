// SPDX-License-Identifier: MIT
//
// FreeBSD's vmm (bhyve) on arm64 without VHE, while the host runs (VTTBR_EL2 is zero). x0
// selects, all 64 bits; neither the immediate nor the exception class is looked at.
//
//	x0 in			x0 out		effect
//	1 CLEANUP		0		VBAR_EL2 := the stub of freebsd-stub.S
//	2 ENTER_GUEST		0		none here
//	3 READ_REGISTER		0		none
//	4 CLEAN_S2_TLBI		0		none here
//	5 DC_CIVAC		0		none here
//	6 EL2_TLBI		0		none here
//	0x10, 0x11 S2_TLBI	0		none here
//	other			0		none
//
// Only the dispatch is modelled, so every answer is zero, that of an unknown call by its nature.
// The calls are C functions at EL2: x1 to x17 may be lost, though nothing here loses them. An
// exception at EL2h returns with x0 = 4. With VTTBR_EL2 not zero a guest was running and leaves
// at guest_exit. The slots for EL2t and AArch32 spin.
//
// Source: freebsd/freebsd-src sys/arm64/vmm/vmm_hyp_exception.S, vmm_nvhe_exception.S,
// vmm_nvhe.c, vmm_handlers.h, hyp.h.
	.include "macros.inc"
	.include "trap.inc"

	.equ	HYP_CLEANUP, 1
	.equ	HYP_ENTER_GUEST, 2
	.equ	HYP_READ_REGISTER, 3
	.equ	HYP_CLEAN_S2_TLBI, 4
	.equ	HYP_DC_CIVAC, 5
	.equ	HYP_EL2_TLBI, 6
	.equ	HYP_S2_TLBI_RANGE, 0x10
	.equ	HYP_S2_TLBI_ALL, 0x11
	.equ	EXCP_TYPE_EL2_SYNC, 4

	subject	"FreeBSD vmm without VHE: any immediate, x0, unknown handles give 0"

	trap_table lower64=handle_sync, el2h=handle_el2h

// Whose exception it is tells VTTBR_EL2. Goes to \guest with x9 on the stack.
.macro host_running guest:req
	str	x9, [sp, #-16]!
	mrs	x9, vttbr_el2
	cbnz	x9, \guest
	ldr	x9, [sp], #16
.endm

routine handle_sync
	host_running guest_exit
	cmp	x0, #HYP_CLEANUP
	b.eq	cleanup
	str	x30, [sp, #-16]!
	bl	dispatch
	ldr	x30, [sp], #16
	eret

routine dispatch
	.irp	handle, HYP_ENTER_GUEST, HYP_READ_REGISTER, HYP_CLEAN_S2_TLBI, HYP_DC_CIVAC
	cmp	x0, #\handle
	b.eq	known
	.endr
	.irp	handle, HYP_EL2_TLBI, HYP_S2_TLBI_RANGE, HYP_S2_TLBI_ALL
	cmp	x0, #\handle
	b.eq	known
	.endr

routine unknown
	mov	x0, xzr
	ret

routine known
	mov	x0, xzr
	ret

routine cleanup
	adr	x0, stub_vectors
	msr	vbar_el2, x0
	mov	x0, xzr
	eret

routine handle_el2h
	host_running guest_exit
	mov	x0, #EXCP_TYPE_EL2_SYNC
	eret

routine guest_exit
	ldr	x9, [sp], #16
1:	b	1b

// The stub that cleanup returns EL2 to: as freebsd-stub.S.
	.balign	0x800
routine stub_vectors
	.rept	8
	b	.
	.balign	SLOT_SIZE
	.endr
	msr	vbar_el2, x0
	eret
	.balign	SLOT_SIZE
	.rept	7
	b	.
	.balign	SLOT_SIZE
	.endr
