// SPDX-License-Identifier: MIT
//
// Gunyah. The immediate is the call; only #0 has a selector.
//
//	immediate	selector	call				out
//	0x6000-0x6068	-		hypercall imm - 0x6000		x0 to x7 := 0
//	  but 0x6008, 0x6016, 0x601e, 0x6033, 0x6035-0x6037, 0x6040-0x6042, 0x6058, 0x6063,
//			-		holes of this revision		x0 := -1
//	0		w0		SMCCC, see below
//	other		-		none				x0 := -1
//
//	SMCCC, w0 with bit 16 cleared		x0 out
//	bits 23:17 not zero			-1
//	0x80000000 SMCCC_VERSION		0x10003
//	0xc6008000 + n				as immediate 0x6000 + n, arguments from x1 on
//	0x8600ff01				UID in x0-x3
//	0x8600ff03				revision: x0 := 0, x1 := 0
//	other					-1
//
// -1 is of 64 bits. After a hypercall the result registers x0 to x7 are the hypervisor's: unused
// ones come back as zero. Every other register is kept. Boundaries: other_trap (no HVC),
// hyp_panic (an exception at EL2).
//
// Source: quic/gunyah-hypervisor 36ca3a2, docs/api/gunyah_api.md, hyp/**/*.hvc,
// tools/hypercalls/hypercall.py, hyp/vm/vcpu/armv8-64/src/vectors.S, hyp/vm/smccc.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"

	.equ	GUNYAH_HYPERCALL_BASE, 0x6000
	.equ	GUNYAH_HYPERCALL_NUM, 0x69
	.equ	GUNYAH_SMCCC_HYPERCALL, 0xc6008000
	.equ	GUNYAH_SMCCC_UID, 0x8600ff01
	.equ	GUNYAH_SMCCC_REVISION, 0x8600ff03

	subject	"Gunyah: hypercalls by immediate 0x6000-0x6068 with holes, SMCCC over #0"

	trap_table lower64=handle_trap, el2t=hyp_panic, el2h=hyp_panic

routine handle_trap
	enter
	hvc64_only
	get_iss
	mov	w30, #GUNYAH_HYPERCALL_BASE
	sub	w30, w29, w30
	cmp	w30, #GUNYAH_HYPERCALL_NUM
	b.lo	hypercall
	cbnz	w29, not_supported

routine smccc
	and	w0, w0, #~SMCCC_SVE_HINT
	tst	w0, #SMCCC_RESERVED_MASK
	b.ne	not_supported
	on_w	w0, smccc_version, SMCCC_VERSION
	on_w	w0, uid, GUNYAH_SMCCC_UID
	on_w	w0, revision, GUNYAH_SMCCC_REVISION
	mov32	w30, GUNYAH_SMCCC_HYPERCALL
	sub	w30, w0, w30
	cmp	w30, #GUNYAH_HYPERCALL_NUM
	b.hs	not_supported

// In: w30 = number of the hypercall, below GUNYAH_HYPERCALL_NUM.
routine hypercall
	.irp	hole, 0x08, 0x16, 0x1e, 0x33, 0x35, 0x36, 0x37, 0x40, 0x41, 0x42, 0x58, 0x63
	cmp	w30, #\hole
	b.eq	not_supported
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	mov	x\n, xzr
	.endr
	leave

	answer	not_supported, SMCCC_NOT_SUPPORTED
	answer32 smccc_version, 0x10003

routine revision
	mov	x0, xzr
	mov	x1, xzr
	leave

// c1d58fcd-a453-5fdb-9265-ce36673d5f14, four bytes a register, the first lowest.
routine uid
	mov32	x0, 0xcd8fd5c1
	mov32	x1, 0xdb5f53a4
	mov32	x2, 0x36ce6592
	mov32	x3, 0x145f3d67
	leave

	boundary	other_trap
	spin	hyp_panic
