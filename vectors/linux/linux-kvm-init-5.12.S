// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM init vectors, 5.12. x0 selects the one call that sets EL2 up for KVM, or
// one of the stub's; neither the immediate nor the exception class is looked at.
//
//	x0 in			x0 out		effect
//	0 and 3			0x0badca11	none
//	1 SOFT_RESTART		x2 in		goes to x1 at EL2h and resets as linux-kvm-5.10
//	2 RESET_VECTORS		0		resets
//	0xc6000000		0		sets EL2 up from the parameters at physical address x1
//	other			-1		none
//
// All 64 bits of x0 count. The parameters are MAIR_EL2, TCR_EL2, TPIDR_EL2, SP_EL2 and TTBR0_EL2,
// eight bytes each. VBAR_EL2 becomes the host vectors. The EL2 MMU, which the call turns on, is left out
// here: SCTLR_EL2 gets C, SA and I, not M. x0 to x3 are clobbered, by an unknown number x0 and x3;
// by a reset x5 and x6.
//
// Source: Linux 5.12.9, arch/arm64/kvm/hyp/nvhe/hyp-init.S.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-init.inc"

	.equ	HVC_STUB_HCALL_NR, 4

	subject	"Linux arm64 KVM init vectors, 5.12: 0xc6000000, parameters at x1"

	init_table
	kvm_stub_calls flags=SCTLR_ELx_FLAGS_4_16
	init_by_parameters HVC_STUB_HCALL_NR
