// SPDX-License-Identifier: MIT
//
// Linux arm64 vectors for kexec and for the resume from hibernation, 5.17 to 7.1. The table is
// copied to a page that nothing overwrites, so it holds all its code in its own 2 KiB. x0
// selects the call; neither the immediate nor the exception class is looked at.
//
//	x0 in			x0 out		effect
//	0 SET_VECTORS		0		VBAR_EL2 := x1
//	1 SOFT_RESTART		x2 in		branch to x1 at EL2h as in linux-stub-4.12
//	other			0x0badca11	none; 2, RESET_VECTORS, is other here
//
// Up to 7.1 the resume from hibernation still calls as linux-hibernate-4.7 expects, with the
// address in x24 and anything in x0 and x1: these vectors then answer 0x0badca11 and the call has
// no effect.
//
// Source: Linux 5.17-rc5, 5.19, 6.14 and 7.1.5, arch/arm64/mm/trans_pgd-asm.S and
// kernel/hibernate-asm.S; absent in 5.15.135, 5.16 was not read.
	.include "macros.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_STUB_ERR, 0x0badca11

	subject	"Linux arm64 kexec and hibernate vectors, 5.17 to 7.1: 0 set vectors, 1 soft restart"

	vector_table
	spin_slot el2t_sync
	spin_slot el2t_irq
	spin_slot el2t_fiq
	spin_slot el2t_serror

	spin_slot el2h_sync
	spin_slot el2h_irq
	spin_slot el2h_fiq
	spin_slot el2h_serror

	slot	lower64_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	mov	x0, #(HVC_STUB_ERR & 0xffff)
	movk	x0, #(HVC_STUB_ERR >> 16), lsl #16
	eret

1:	msr	vbar_el2, x1
	mov	x0, xzr
	eret

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4
	end_slot

	spin_slot lower64_irq
	spin_slot lower64_fiq
	spin_slot lower64_serror

	spin_slot lower32_sync
	spin_slot lower32_irq
	spin_slot lower32_fiq
	spin_slot lower32_serror
	end_table
