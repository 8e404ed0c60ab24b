// SPDX-License-Identifier: MIT
//
// Hafnium, normal-world build, as its primary VM sees it. The immediate is not looked at; x0 with
// bit 16 cleared selects: the low 32 bits for PSCI and FF-A, all 64 for Hafnium's own.
//
//	x0 in, bit 16 aside			x0 out
//	0x84000000 PSCI_VERSION			0x10001
//	0x8400000a PSCI_FEATURES of w1		0 or -1
//	CPU_SUSPEND, CPU_ON, AFFINITY_INFO	0
//	CPU_OFF, SYSTEM_OFF, SYSTEM_RESET	never returns
//	other PSCI numbers, 0x05 to 0x14	-1
//	FF-A, 0x84000060-0x84000090 and
//	0xc4000061-0xc4000090 with holes	0
//	0xff03, 0xff04, 0xff08, 0xff09		interrupt enable, get, deactivate, reconfigure: 0
//	0xff0a SEND_IPI				-1, it is for the secure build
//	other					as it was
//
// PSCI numbers are accepted in both conventions, bit 30 being ignored. Every other register is
// kept: an unknown call comes back without a trace. Boundaries: power_down (the call goes to EL3),
// other_trap (no HVC), hyp_panic (an exception at EL2).
//
// Source: TF-Hafnium/hafnium 21bfbdc1, src/arch/aarch64/hypervisor/handler.c, psci_handler.c,
// exceptions.S; inc/vmapi/hf/abi.h, ffa.h.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"

	.equ	HF_INTERRUPT_ENABLE, 0xff03
	.equ	HF_INTERRUPT_GET, 0xff04
	.equ	HF_INTERRUPT_DEACTIVATE, 0xff08
	.equ	HF_INTERRUPT_RECONFIGURE, 0xff09
	.equ	HF_SEND_IPI, 0xff0a

	.equ	PSCI_64, 0xc4000000	// Hafnium accepts every PSCI number so, defined or not
	.equ	FFA_32, 0x84000000
	.equ	FFA_64, 0xc4000000

	subject	"Hafnium, normal world: any immediate, x0, unknown calls change nothing"

	trap_table lower64=handle_trap, lower32=handle_trap32, el2t=hyp_panic, el2h=hyp_panic

// Go to \to for PSCI functions, in either convention.
.macro on_psci reg:req, to:req, functions:vararg
	.irp	function, \functions
	on_w	\reg, \to, PSCI_VERSION + \function
	on_w	\reg, \to, PSCI_VERSION + SMCCC_CONVENTION_64 + \function
	.endr
.endm

// x0 is compared without the hint and given back with it.
routine handle_trap
	enter
	hvc64_only
.Lhvc:
	mov	x29, x0
	and	x0, x0, #~SMCCC_SVE_HINT
	on_psci	w0, psci_version, 0x00
	on_psci	w0, psci_features, 0x0a
	on_psci	w0, success, 0x01, 0x03, 0x04
	on_psci	w0, psci_off, 0x02, 0x08, 0x09
	on_w_range w0, not_supported, PSCI_MIGRATE_32, PSCI_MIGRATE_INFO_UP_CPU_32
	on_w_range w0, not_supported, PSCI_CPU_FREEZE, PSCI_MEM_PROTECT_CHECK_RANGE_32
	on_w_range w0, not_supported, PSCI_MIGRATE_64, PSCI_MIGRATE_INFO_UP_CPU_64
	on_w_range w0, not_supported, PSCI_64 + 0x0b, PSCI_MEM_PROTECT_CHECK_RANGE_64

routine ffa
	on_w_range w0, success, FFA_32 + 0x60, FFA_32 + 0x77
	on_w_range w0, success, FFA_32 + 0x7a, FFA_32 + 0x82
	on_w_range w0, success, FFA_32 + 0x84, FFA_32 + 0x86
	on_w_range w0, success, FFA_32 + 0x88, FFA_32 + 0x8a
	on_w	w0, success, FFA_32 + 0x8c, FFA_32 + 0x90
	on_w	w0, success, FFA_64 + 0x61, FFA_64 + 0x66
	on_w_range w0, success, FFA_64 + 0x6f, FFA_64 + 0x74
	on_w	w0, success, FFA_64 + 0x83
	on_w_range w0, success, FFA_64 + 0x87, FFA_64 + 0x8b
	on_w_range w0, success, FFA_64 + 0x8d, FFA_64 + 0x90

routine hafnium
	on_x	x0, success, HF_INTERRUPT_ENABLE, HF_INTERRUPT_GET
	on_x	x0, success, HF_INTERRUPT_DEACTIVATE, HF_INTERRUPT_RECONFIGURE
	on_x	x0, not_supported, HF_SEND_IPI

routine unknown
	mov	x0, x29
	leave

routine psci_features
	on_psci	w1, success, 0x00, 0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0a
	b	not_supported

routine psci_off
	mov	x0, x29
	boundary	power_down

	answer	success, 0
	answer	not_supported, SMCCC_NOT_SUPPORTED
	answer32 psci_version, 0x10001
	boundary	other_trap
	spin	hyp_panic

// The same code for callers in AArch32 state, whose upper halves it does not clear.
routine handle_trap32
	enter
	hvc32_only
	b	.Lhvc
