// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the exception class looked for is the one of an HVC from AArch32, so an HVC
// from AArch64 does nothing.
//
// Judged by linux-stub-3.8, this must be reported:
//
//	get_vectors: result of x0
//		first: HVC #0 from EL1h, x0=0
//	set_vectors: result of vbar_el2
//		first: HVC #0 from EL1h, x0 neither 0 nor VBAR_EL2
	.include "macros.inc"
	.include "linux/stub.inc"

	subject	"Broken: the 3.8 stub, looking for the wrong exception class"

	stub_table

routine handle_sync
	mrs	x1, esr_el2
	lsr	x1, x1, #ESR_ELx_EC_SHIFT
	cmp	x1, #ESR_ELx_EC_HVC32
	b.ne	1f
	cbz	x0, 2f
	msr	vbar_el2, x0
1:	eret

2:	mrs	x0, vbar_el2
	eret
