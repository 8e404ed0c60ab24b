// SPDX-License-Identifier: MIT
//
// Genode base-hw on arm64, the EL2 part of the kernel. All sixteen slots hold the same code;
// immediate, exception class and slot do not matter. While no VM runs (HCR_EL2.VM is clear) x0
// selects, all 64 bits:
//
//	x0 in		x0 out		effect
//	0		-		enters a VM: goes to to_vm, where the model ends, with VTTBR_EL2 := x4
//	1		1		TLB of VTTBR x1 is invalidated; VTTBR_EL2 := 0
//	other		as it was	none
//
// No other register changes. to_vm, and from_vm for an exception while HCR_EL2.VM is set, spin.
//
// Source: genodelabs/genode repos/base-hw/src/core/spec/arm_v8/hypervisor.s.
	.include "macros.inc"
	.include "trap.inc"

	.equ	HCR_EL2_VM, 1 << 0
	.equ	HOST_CALL_ENTER_VM, 0
	.equ	HOST_CALL_INVALIDATE_TLB, 1

	subject	"Genode base-hw EL2 stub: x0 0 enters a VM, 1 invalidates, others do nothing"

.macro genode_slot name:req
	slot	\name
	stp	x29, x30, [sp, #-16]!
	mrs	x30, hcr_el2
	tst	x30, #HCR_EL2_VM
	b.eq	from_host
	b	from_vm
	end_slot
.endm

	vector_table
	genode_slot el2t_sync
	genode_slot el2t_irq
	genode_slot el2t_fiq
	genode_slot el2t_serror

	genode_slot el2h_sync
	genode_slot el2h_irq
	genode_slot el2h_fiq
	genode_slot el2h_serror

	genode_slot lower64_sync
	genode_slot lower64_irq
	genode_slot lower64_fiq
	genode_slot lower64_serror

	genode_slot lower32_sync
	genode_slot lower32_irq
	genode_slot lower32_fiq
	genode_slot lower32_serror
	end_table

routine from_host
	ldp	x29, x30, [sp], #16
	cmp	x0, #HOST_CALL_ENTER_VM
	b.eq	to_vm
	cmp	x0, #HOST_CALL_INVALIDATE_TLB
	b.eq	invalidate_tlb
	eret

routine invalidate_tlb
	msr	vttbr_el2, x1
	tlbi	vmalle1is
	msr	vttbr_el2, xzr
	eret

routine to_vm
	msr	vttbr_el2, x4
1:	b	1b

	boundary from_vm
