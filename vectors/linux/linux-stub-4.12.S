// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub, 4.12 to 5.11. x0 selects the call; neither the immediate nor the
// exception class is looked at, so a trapped SMC is decoded just as an HVC.
//
//	x0 in			x0 out		effect
//	0 SET_VECTORS		0		VBAR_EL2 := x1
//	1 SOFT_RESTART		x2 in		branch to x1 at EL2h, see below
//	2 RESET_VECTORS		0		none
//	other			0x0badca11	none
//
// SOFT_RESTART hands over x0 := x2, x1 := x3, x2 := x4, x4 := x1, all from before the call, and
// never comes back. Every register that is not named here is kept.
//
// Source: Linux 4.12 .. 5.11, arch/arm64/kernel/hyp-stub.S and include/asm/virt.h;
// Documentation/virtual/kvm/arm/hyp-abi.txt; commits fd0e0c617089 and af42f20480bf.
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Linux arm64 hyp stub, 4.12 to 5.11: set vectors, soft restart, reset"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	ldr	x0, =HVC_STUB_ERR
	eret

1:	msr	vbar_el2, x1
	b	3f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mov	x0, xzr
	eret
