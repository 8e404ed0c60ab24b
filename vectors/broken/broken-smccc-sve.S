// SPDX-License-Identifier: MIT
//
// Wrong on purpose: a callee of SMCCC 1.3 that compares the SVE hint, bit 16, with the rest of
// the identifier, as callees up to 1.2 do. A call with the hint is not supported then.
//
// Judged by smccc-1.3, this must be reported:
//
//	smccc_version: result of x0
//		first: HVC #0 from EL1h, x0=0x80010000
//	psci_version: result of x0
//		first: HVC #0 from EL1h, x0=0x84010000
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.include "smccc/callee.inc"

	subject	"Broken: the SMCCC 1.3 callee, comparing the SVE hint"

	smccc_callee 0x10003, hint=0
