@ SPDX-License-Identifier: MIT
@
@ KVM on 32-bit Arm, 3.9 to 3.13: Hyp vectors as the host meets them. The immediate is not looked
@ at; a caller whose VTTBR has VMID 0 is the host, whose HVC calls the function in r0.
@
@	r0 in			r0 out		effect
@	address			the function's	r0(r1, r2, r3) in Hyp mode; lr and SPSR are kept
@
@ Boundary, spinning: guest_exit (another class, or a guest).
@
@ Source: Linux 3.9 .. 3.13, arch/arm/kvm/interrupts.S.
	.include "arm32.inc"
	.include "arm32/kvm.inc"

	subject	"Linux arm KVM, 3.9 to 3.13: any HVC of the host calls r0"

	hyp_table
	kvm_entry
	kvm_call 1
	kvm_guest
