// SPDX-License-Identifier: MIT
//
// uvmm, the L4Re virtual machine monitor, on arm64. Immediate and x0 go to one handler after the
// other; bits 63:32 of x0 do not matter to any of them.
//
//	immediate	w0 in					x0 out
//	0		0x84000000-0x8400001f or 0xc4000000-0xc400001f, by function:
//			0x00 PSCI_VERSION			0x10000
//			0x01, 0x03, 0x04, 0x0e			0 (suspend, on, affinity, suspend all)
//			0x02, 0x08, 0x09			never returns (off, off, reset)
//			0x06 MIGRATE_INFO_TYPE			2
//			0x0a PSCI_FEATURES of x1		0, 2 for CPU_SUSPEND, else -1
//			other					-1
//	1		0x86000000 or 0xc6000000		0 (prints the character in x1)
//	other		other					-1, all 64 bits
//
// Every PSCI function is accepted in both conventions. Every other register is kept. The optional
// proxies for SMCCC and OP-TEE are not here. Boundaries: psci_off, other_trap (no HVC), hyp_panic
// (an exception at EL2).
//
// Source: kernkonzept/uvmm server/src/arm/guest_arm.cc, device/arm/smccc_device.h, psci.cc,
// vm_print.h.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"

	.equ	UVMM_IMM_PRINT, 1
	.equ	UVMM_PRINT, 0x86000000
	.equ	UVMM_PSCI_VERSION, 0x10000
	.equ	PSCI_SUSPEND_EXTENDED_STATE, 1 << 1

	subject	"uvmm on arm64: #0 with PSCI in w0, #1 prints, else -1"

	trap_table lower64=handle_trap, el2t=hyp_panic, el2h=hyp_panic

// Go to \to for PSCI functions, in either convention.
.macro on_psci reg:req, to:req, functions:vararg
	.irp	function, \functions
	on_w	\reg, \to, PSCI_VERSION + \function
	on_w	\reg, \to, PSCI_VERSION + SMCCC_CONVENTION_64 + \function
	.endr
.endm

routine handle_trap
	enter
	hvc64_only
	get_iss
	cmp	x29, #UVMM_IMM_PRINT
	b.eq	print
	cbnz	x29, not_supported

routine psci
	on_psci	w0, psci_version, 0x00
	on_psci	w0, success, 0x01, 0x03, 0x04, 0x0e
	on_psci	w0, psci_off, 0x02, 0x08, 0x09
	on_psci	w0, migrate_info_type, 0x06
	on_psci	w0, psci_features, 0x0a

	answer	not_supported, SMCCC_NOT_SUPPORTED

routine print
	on_w	w0, success, UVMM_PRINT, UVMM_PRINT + SMCCC_CONVENTION_64
	b	not_supported

routine psci_features
	on_psci	w1, suspend_features, 0x01
	on_psci	w1, success, 0x00, 0x02, 0x03, 0x04, 0x06, 0x08, 0x09, 0x0a, 0x0e
	b	not_supported

	answer	success, 0
	answer32 psci_version, UVMM_PSCI_VERSION
	answer	migrate_info_type, PSCI_TOS_NOT_PRESENT
	answer	suspend_features, PSCI_SUSPEND_EXTENDED_STATE
	boundary	psci_off
	boundary	other_trap
	spin	hyp_panic
