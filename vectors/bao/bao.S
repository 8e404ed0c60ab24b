// SPDX-License-Identifier: MIT
//
// Bao. The immediate is not looked at; the low 32 bits of x0 select, bits 31:16 being a class.
//
//	w0 in					x0 out
//	0x84000000 PSCI_VERSION			0x10001
//	0x8400000a PSCI_FEATURES of x1		0 or -1
//	CPU_SUSPEND, CPU_ON, AFFINITY_INFO	0
//	0x84000006 MIGRATE_INFO_TYPE		2
//	0x84000002 CPU_OFF			never returns
//	0x8600 or 0xc600, then 1 IPC, 2 REMIO	0
//	0x8600 or 0xc600, then any other id	-2
//	other, with bit 16 set too		-1
//
// Results are of 64 bits; every other register is kept. A trapped SMC is decoded in the same way,
// and the guest goes on behind it. Boundaries: psci_off, other_trap (neither HVC nor SMC),
// hyp_panic (an exception at EL2). The slots that Bao leaves empty spin.
//
// Source: bao-project/bao-hypervisor 738e3dc, src/arch/armv8/aborts.c, psci.c, inc/arch/smcc.h,
// inc/arch/psci.h, aarch64/exceptions.S; src/core/hypercall.c.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.include "bao/bao.inc"

	subject	"Bao: any immediate, w0, unknown class -1, unknown hypercall -2"

	bao
