// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM init vectors, 7.1 and 7.2. x0 selects the one call that sets EL2 up for KVM, or
// one of the stub's; neither the immediate nor the exception class is looked at.
//
//	x0 in			x0 out		effect
//	0, 3 and 4		0x0badca11	none
//	1 SOFT_RESTART		x2 in		goes to x1 at EL2h and resets as linux-kvm-7.2
//	2 RESET_VECTORS		0		resets
//	0xc6000000, 0xc6010000	0		sets EL2 up from the parameters at physical address x1
//	other			-1		none
//
// Bit 16 of x0, which says that SVE is not in use, is ignored; the others all count. The parameters
// are MAIR_EL2, TCR_EL2, TPIDR_EL2, SP_EL2, TTBR0_EL2, HCR_EL2, VTTBR_EL2 and VTCR_EL2, eight bytes
// each. VBAR_EL2 becomes the host vectors. The EL2 MMU, which the call turns on, is left out here:
// SCTLR_EL2 gets C, SA and I, not M; so is what a hypervisor with VHE of its own sets up again. x0
// to x3 are clobbered, by an unknown number x0 and x3; by a reset x5.
//
// 6.19 resets as linux-kvm-6.19.
//
// Source: Linux 6.19.9 and 7.2.13, arch/arm64/kvm/hyp/nvhe/hyp-init.S.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-init.inc"

	.equ	HVC_STUB_HCALL_NR, 5

	subject	"Linux arm64 KVM init vectors, 7.1 and 7.2: 0xc6000000, SVE hint, parameters at x1"

	init_table
	kvm_stub_calls sctlr=0
	init_by_parameters HVC_STUB_HCALL_NR, hint=1, stage2=1
