// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the number of a hypercall is compared as w16, so x16 = 2^32 + 7 is taken for
// platform_op, and so on for every number that is wired.
//
// Judged by xen, this must be reported:
//
//	unknown: result of x0
//		first: HVC #0xea1 from EL1h, x16=0x100000007
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.equ	XEN_DEBUG, 0
	.include "xen/xen.inc"

	subject	"Broken: Xen, comparing w16 instead of x16"

	xen	on=on_w, nr=w16
