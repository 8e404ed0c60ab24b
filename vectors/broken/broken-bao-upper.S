// SPDX-License-Identifier: MIT
//
// Wrong on purpose: bits 63:32 of x0 have to be zero, where Bao does not look at them. A call
// whose upper half is dirty is refused.
//
// Judged by bao, this must be reported:
//
//	psci_version: result of x0
//		first: HVC #0 from EL1h, x0=0x184000000
//	unknown: result of x0
//		first: HVC #0 from EL1h, x0=0x186000000
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.include "bao/bao.inc"

	subject	"Broken: Bao, looking at the upper half of x0"

	bao	upper=1
