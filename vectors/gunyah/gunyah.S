// SPDX-License-Identifier: MIT
//
// Gunyah. The immediate is the call; only #0 has a selector.
//
//	immediate	selector	call				out
//	0x6000-0x6068	-		hypercall imm - 0x6000		x0 to x7 := 0
//	  but 0x6008, 0x6016, 0x601e, 0x6033, 0x6035-0x6037, 0x6040-0x6042, 0x6058, 0x6063,
//			-		holes of this revision		x0 := -1
//	0		w0		SMCCC, see below
//	other		-		none				x0 := -1
//
//	SMCCC, w0 with bit 16 cleared		x0 out
//	bits 23:17 not zero			-1
//	0x80000000 SMCCC_VERSION		0x10003
//	0xc6008000 + n				as immediate 0x6000 + n, arguments from x1 on
//	0x8600ff01				UID in x0-x3
//	0x8600ff03				revision: x0 := 0, x1 := 0
//	other					-1
//
// -1 is of 64 bits. After a hypercall the result registers x0 to x7 are the hypervisor's: unused
// ones come back as zero. Every other register is kept. To a caller in AArch32 state every HVC is
// Undefined. Boundaries: other_trap (no HVC),
// hyp_panic (an exception at EL2).
//
// Source: quic/gunyah-hypervisor 36ca3a2, docs/api/gunyah_api.md, hyp/**/*.hvc,
// tools/hypercalls/hypercall.py, hyp/vm/vcpu/armv8-64/src/vectors.S, hyp/vm/smccc.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.include "gunyah/gunyah.inc"

	subject	"Gunyah: hypercalls by immediate 0x6000-0x6068 with holes, SMCCC over #0"

	gunyah	0x08, 0x16, 0x1e, 0x33, 0x35, 0x36, 0x37, 0x40, 0x41, 0x42, 0x58, 0x63
