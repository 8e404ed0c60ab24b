// SPDX-License-Identifier: MIT
//
// Linux arm64 vectors for the resume from hibernation, 4.7 to 5.15. They are in place while the
// old kernel's memory, its stub included, is overwritten by the image. One call, whatever the
// registers and the immediate:
//
//	x24		effect
//	any		VBAR_EL2 := x24
//
// x0 is neither read nor written: there is no number, no result and no error. The exception
// class is not looked at. The caller has the new stub's address in x24, and calls only if that is
// not zero.
//
// Source: Linux 4.7.4 .. 5.15.135, arch/arm64/kernel/hibernate-asm.S.
	.include "macros.inc"
	.include "linux/stub.inc"

	subject	"Linux arm64 hibernate resume vectors, 4.7 to 5.15: every call sets VBAR_EL2 to x24"

	stub_table

routine handle_sync
	msr	vbar_el2, x24
	eret
