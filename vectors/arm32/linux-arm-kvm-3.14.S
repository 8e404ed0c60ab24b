@ SPDX-License-Identifier: MIT
@
@ KVM on 32-bit Arm, 3.14 to 4.11: as 3.9, and r0 = -1 gets HVBAR. From 4.6 SPSR is not put aside.
@
@ Source: Linux 3.14 .. 4.11, arch/arm/kvm/interrupts.S; 4.6, arch/arm/kvm/hyp/hyp-entry.S.
	.include "arm32.inc"
	.include "arm32/kvm.inc"

	subject	"Linux arm KVM, 3.14 to 4.11: r0 = -1 gets HVBAR, any other HVC calls r0"

	hyp_table
	kvm_entry
	cmn	r0, #1
	bne	call_function
	read_hvbar r0
	eret
	kvm_call 1
	kvm_guest
