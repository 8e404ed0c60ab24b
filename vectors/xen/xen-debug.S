// SPDX-License-Identifier: MIT
//
// Xen on arm64, debug build: as release, but
//
//	immediate	call			effect
//	0xff00-0xffff	debug trap		none (0xffe0-0xffef, 0xfffd-0xffff print)
//	0xea1		hypercall, known	x16 and x1 .. x(n-1) := 0xdeadbeef
//
// where n is the number of arguments of the hypercall, x0 being the first, so that a caller that
// relies on them is found out. A hypercall that fails with -ENOSYS poisons nothing.
//
// Source: as xen.inc.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.equ	XEN_DEBUG, 1
	.include "xen/xen.inc"

	subject	"Xen on arm64, debug build: as release, 0xFFxx prints, arguments poisoned"

	xen
