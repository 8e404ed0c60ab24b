// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the hole at immediate 0x6016 is served as a hypercall, by #0 and SMCCC too.
//
// Judged by gunyah, this must be reported:
//
//	hole: result of x0
//		first: HVC #0x6016 from EL1h
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.include "gunyah/gunyah.inc"

	subject	"Broken: Gunyah, serving the hole 0x6016"

	gunyah	0x08, 0x1e, 0x33, 0x35, 0x36, 0x37, 0x40, 0x41, 0x42, 0x58, 0x63
