// SPDX-License-Identifier: MIT
//
// Bao. The immediate is not looked at; the low 32 bits of x0 select, bits 31:16 being a class.
//
//	w0 in					x0 out
//	0x84000000 PSCI_VERSION			0x10001
//	0x8400000a PSCI_FEATURES of x1		0 or -1
//	CPU_SUSPEND, CPU_ON, AFFINITY_INFO	0
//	0x84000006 MIGRATE_INFO_TYPE		2
//	0x84000002 CPU_OFF			never returns
//	0x8600 or 0xc600, then 1 IPC, 2 REMIO	0
//	0x8600 or 0xc600, then any other id	-2
//	other, with bit 16 set too		-1
//
// Results are of 64 bits; every other register is kept. A trapped SMC is decoded in the same way,
// and the guest goes on behind it. Boundaries: psci_off, other_trap (neither HVC nor SMC),
// hyp_panic (an exception at EL2). The slots that Bao leaves empty spin.
//
// Source: bao-project/bao-hypervisor 738e3dc, src/arch/armv8/aborts.c, psci.c, inc/arch/smcc.h,
// inc/arch/psci.h, aarch64/exceptions.S; src/core/hypercall.c.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"

	.equ	BAO_CLASS_SHIFT, 16
	.equ	BAO_HYPERCALL_32, 0x8600
	.equ	BAO_HYPERCALL_64, 0xc600
	.equ	BAO_IPC, 1
	.equ	BAO_REMIO, 2
	.equ	BAO_INVALID_ID, -2

	subject	"Bao: any immediate, w0, unknown class -1, unknown hypercall -2"

	trap_table lower64=handle_trap, el2h=hyp_panic

routine handle_trap
	enter
	hvc64_only not_hvc

routine smccc
	lsr	w29, w0, #BAO_CLASS_SHIFT
	mov	w30, #BAO_HYPERCALL_32
	cmp	w29, w30
	b.eq	hypercall
	mov	w30, #BAO_HYPERCALL_64
	cmp	w29, w30
	b.eq	hypercall
	on_w	w0, psci_version, PSCI_VERSION
	on_w	w0, psci_features, PSCI_FEATURES
	on_w	w0, success, PSCI_CPU_SUSPEND_32, PSCI_CPU_SUSPEND_64
	on_w	w0, success, PSCI_CPU_ON_32, PSCI_CPU_ON_64
	on_w	w0, success, PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64
	on_w	w0, migrate_info_type, PSCI_MIGRATE_INFO_TYPE
	on_w	w0, psci_off, PSCI_CPU_OFF

	answer	not_supported, SMCCC_NOT_SUPPORTED

routine hypercall
	on_w	w0, success, (BAO_HYPERCALL_32 << BAO_CLASS_SHIFT) + BAO_IPC
	on_w	w0, success, (BAO_HYPERCALL_32 << BAO_CLASS_SHIFT) + BAO_REMIO
	on_w	w0, success, (BAO_HYPERCALL_64 << BAO_CLASS_SHIFT) + BAO_IPC
	on_w	w0, success, (BAO_HYPERCALL_64 << BAO_CLASS_SHIFT) + BAO_REMIO

	answer	invalid_id, BAO_INVALID_ID
	answer	success, 0
	answer32 psci_version, 0x10001
	answer	migrate_info_type, PSCI_TOS_NOT_PRESENT

routine psci_features
	on_x	x1, success, PSCI_VERSION, PSCI_FEATURES, PSCI_CPU_OFF
	on_x	x1, success, PSCI_CPU_SUSPEND_32, PSCI_CPU_SUSPEND_64
	on_x	x1, success, PSCI_CPU_ON_32, PSCI_CPU_ON_64
	on_x	x1, success, PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64
	on_x	x1, success, PSCI_MIGRATE_INFO_TYPE
	b	not_supported

// ELR_EL2 is the trapped instruction itself.
routine not_hvc
	cmp	x30, #ESR_ELx_EC_SMC64
	b.ne	other_trap
	mrs	x30, elr_el2
	add	x30, x30, #4
	msr	elr_el2, x30
	b	smccc

	boundary	psci_off
	boundary	other_trap
	spin	hyp_panic
