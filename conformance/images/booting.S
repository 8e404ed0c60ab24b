// SPDX-License-Identifier: MIT
//
// What a kernel's EL2 does before and after its boot, told apart by x0: 1 adds TPIDR_EL2 to the
// address of a variable, as an offset to the CPU's own copy, and reads it; 2 does so by a load of
// two registers; 3 turns the MMU of EL2 on, with the tables at x1, and off again; 4 leaves it on.
	.include "subject.inc"

	.equ	SCTLR_MMU_ON, 0x30c5183d
	.equ	SCTLR_MMU_OFF, 0x30c50830

routine handle
	cmp	x0, #1
	b.eq	adds_offset
	cmp	x0, #2
	b.eq	loads_by_offset
	cmp	x0, #3
	b.eq	on_and_off
	cmp	x0, #4
	b.eq	on
	mov	x0, #-1
	eret
adds_offset:
	adrp	x2, counter
	add	x2, x2, :lo12:counter
	mrs	x3, tpidr_el2
	add	x2, x2, x3
	ldr	x0, [x2]
	eret
loads_by_offset:
	adrp	x2, counter
	add	x2, x2, :lo12:counter
	b	1f
	// The address was made in a block before.
1:	mrs	x3, tpidr_el2
	ldr	x0, [x2, x3]
	eret
.macro turn_on
	msr	ttbr0_el2, x1
	mov	x2, #0x3510
	movk	x2, #0x8084, lsl #16
	msr	tcr_el2, x2
	isb
	mov	x2, #(SCTLR_MMU_ON & 0xffff)
	movk	x2, #(SCTLR_MMU_ON >> 16), lsl #16
	msr	sctlr_el2, x2
	isb
.endm
on_and_off:
	turn_on
	adrp	x3, counter
	ldr	x0, [x3, :lo12:counter]
	mov	x2, #(SCTLR_MMU_OFF & 0xffff)
	movk	x2, #(SCTLR_MMU_OFF >> 16), lsl #16
	msr	sctlr_el2, x2
	isb
	eret
on:
	turn_on
	mrs	x0, sctlr_el2
	mrs	x2, ttbr0_el2
	eret

	.data
	.balign	8
counter:
	.quad	0x33
