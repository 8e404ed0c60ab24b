// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub, 5.13 to 5.19. x0 selects the call; neither the immediate nor the
// exception class is looked at. An HVC from EL2h is decoded too.
//
//	x0 in			x0 out		effect
//	0 SET_VECTORS		0		VBAR_EL2 := x1
//	1 SOFT_RESTART		x2 in		branch to x1 at EL2h as in 4.12
//	2 RESET_VECTORS		0		none
//	3 VHE_RESTART		0 or error	see below; x1 and x2 clobbered
//	other			0x0badca11	none
//
// VHE_RESTART moves the caller to EL2 with VHE and returns 0 there; or returns 0x0badca11 to EL1
// because the EL2 MMU is on, the CPU has no VHE, or the command line forbids it. Nothing but x0
// to x2 has changed then. Of MDCR_EL2, E2PB and E2TB are cleared.
//
// Source: Linux 5.14.2, 5.15.135, 5.17-rc5 and 5.19, arch/arm64/kernel/hyp-stub.S and
// include/asm/virt.h; "arm64: Cope with CPUs stuck in VHE mode" of the KVM/arm64 pull for 5.13. The
// tree of 5.13 itself was not read: E2TB may have come in 5.13 or in 5.14.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/vhe.inc"

	.equ	HCR_HOST_VHE_FLAGS, 0x488000000	// E2H, RW, TGE (include/asm/kvm_arm.h)

	subject	"Linux arm64 hyp stub, 5.13 to 5.19: as 5.12, and decodes an HVC from EL2h"

	stub_table el2h=handle_sync

	stub_dispatch handle_sync, call3=vhe_restart
	stub_calls

routine vhe_restart
	need_vhe
	enter_vhe HCR_HOST_VHE_FLAGS, MDCR_EL2_E2PB, MDCR_EL2_E2TB
	return_in_vhe

	override id_aa64mmfr1_override
