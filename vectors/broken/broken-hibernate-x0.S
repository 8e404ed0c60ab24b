// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the address is taken from x0, where a reader of the stub expects it, and not
// from x24, where the caller has it.
//
// Judged by linux-hibernate-4.7, this must be reported:
//
//	set_vectors: result of vbar_el2
//		first: HVC #0 from EL1h, x24 other than x0
	.include "macros.inc"
	.include "linux/stub.inc"

	subject	"Broken: the 4.7 hibernate resume vectors, reading x0 instead of x24"

	stub_table

routine handle_sync
	msr	vbar_el2, x0
	eret
