// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub, 6.0 and 6.1, of a kernel that was told to stay at EL1: kvm-arm.mode=nvhe,
// or id_aa64mmfr1.vh=0, on its command line. All calls are those of linux-stub-6.0, but
// FINALISE_EL2 always ends in the error, after it has opened SVE and SME where the CPU has them.
//
// Source: Linux 6.1.192, arch/arm64/kernel/hyp-stub.S and idreg-override.c.
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/vhe.inc"

	subject	"Linux arm64 hyp stub, 6.0 and 6.1, told to stay at EL1: finalise EL2 fails, and is half done"

	stub_table el2h=handle_sync

	stub_dispatch handle_sync, call3=finalise_el2
	stub_calls

	.include "linux/finalise.inc"

	override id_aa64pfr0_override
	override id_aa64pfr1_override
	override id_aa64mmfr1_override, mask=(0xf << ID_AA64MMFR1_EL1_VH_SHIFT)
