// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub, 6.0 and 6.1. x0 selects the call; neither the immediate nor the
// exception class is looked at, and an HVC from EL2h is decoded too.
//
//	x0 in			x0 out		effect
//	0 SET_VECTORS		0		VBAR_EL2 := x1
//	1 SOFT_RESTART		x2 in		branch to x1 at EL2h as in 4.12
//	2 RESET_VECTORS		0		none
//	3 FINALISE_EL2		0 or error	see below; x1 and x2 clobbered
//	other			0x0badca11	none
//
// FINALISE_EL2 first opens SVE and SME, each where the CPU has it, and keeps that whatever comes
// next. Then it moves the caller to EL2 with VHE and returns 0 there; or returns 0x0badca11
// to EL1 because the EL2 MMU is on, the CPU has no VHE, or the command line forbids it.
//
// Source: Linux 6.0-rc1 and 6.1.192, arch/arm64/kernel/hyp-stub.S and include/asm/virt.h.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/vhe.inc"

	subject	"Linux arm64 hyp stub, 6.0 and 6.1: as 4.12, and finalise EL2 (VHE, SVE, SME)"

	stub_table el2h=handle_sync

	stub_dispatch handle_sync, call3=finalise_el2
	stub_calls

	.include "linux/finalise.inc"

	override id_aa64pfr0_override
	override id_aa64pfr1_override
	override id_aa64mmfr1_override
