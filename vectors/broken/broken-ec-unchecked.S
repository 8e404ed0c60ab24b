// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the exception class is read but not looked at, so a trapped SMC is decoded as
// a call.
//
// Judged by linux-stub-3.8, this must be reported:
//
//	not_hvc: preserve of x0
//		first: SMC #0 from EL1h, x0=0
//	not_hvc: preserve of vbar_el2
//		first: SMC #0 from EL1h, x0 neither 0 nor VBAR_EL2
	.include "macros.inc"
	.include "linux/stub.inc"

	subject	"Broken: the 3.8 stub, taking a trapped SMC for a call"

	stub_table

routine handle_sync
	mrs	x1, esr_el2
	lsr	x1, x1, #ESR_ELx_EC_SHIFT
	cbz	x0, 1f
	msr	vbar_el2, x0
	eret

1:	mrs	x0, vbar_el2
	eret
