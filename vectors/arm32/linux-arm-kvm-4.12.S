@ SPDX-License-Identifier: MIT
@
@ KVM on 32-bit Arm, 4.12 to 5.6. The immediate is not looked at.
@
@	host, r0 in		r0 out		effect
@	0			0x0badca11	none
@	1 SOFT_RESTART		0		reset, then an exception return to r1 in Hyp mode
@	2 RESET_VECTORS		0		reset: HSCTLR.{M,A,C,I} := 0, HVBAR := the stub's
@	other, an address	the function's	r0(r1, r2, r3) in Hyp mode; lr is kept
@
@	guest, r0 in		r0 out
@	0x80008000		0		r1 := HSR, r2 := 0x80008000
@
@ r12 is lost by the calls below 3, and r1 by the two that reset. Boundary, spinning: guest_exit.
@
@ Source: Linux 4.12 .. 5.6, arch/arm/kvm/hyp/hyp-entry.S and arch/arm/kvm/init.S; the guest's call
@ 4.18 .. 5.6.
	.include "arm32.inc"
	.include "arm32/kvm.inc"

	subject	"Linux arm KVM, 4.12 to 5.6: r0 below 3 is a stub call, any other HVC calls r0"

	hyp_table
routine handle_trap
	push	{r0, r1, r2}
	read_hsr r1
	lsr	r0, r1, #HSR_EC_SHIFT
	cmp	r0, #HSR_EC_HVC
	bne	guest_trap
	read_vttbr r0, r2
	tst	r2, #VTTBR_VMID
	bne	guest_hvc
	pop	{r0, r1, r2}
	cmp	r0, #HVC_STUB_HCALL_NR
	bhs	call_function
	adr	r12, stub_call
	bx	r12

	kvm_call 0

@ In: r1 = HSR, r0 to r2 on the stack.
routine guest_hvc
	ldr	r0, [sp]
	mov32	r2, ARM_SMCCC_ARCH_WORKAROUND_1
	teq	r0, r2
	bne	guest_trap
	add	sp, sp, #12
	mov	r0, #0
	eret
routine guest_trap
	pop	{r0, r1, r2}
	b	guest_exit
	spin	guest_exit

routine stub_call
	cmp	r0, #1
	blo	2f
	bne	1f
	msr	elr_hyp, r1
	mrs	r0, cpsr
	bic	r0, r0, #0x3f
	orr	r0, r0, #PSR_MODE_HYP
	msr	spsr_cxsf, r0
1:	read_hsctlr r0
	mov32	r1, HSCTLR_MACI
	bic	r0, r0, r1
	write_hsctlr r0
	adr	r0, stub_vectors
	write_hvbar r0
	isb
	mov	r0, #0
	eret
2:	mov32	r0, HVC_STUB_ERR
	eret

	.balign	32
routine stub_vectors
	.rept	8
	b	.
	.endr
