// SPDX-License-Identifier: MIT
//
// Code that needs the address it is linked at: nine function pointers indexed by x0 less 0x100,
// one that is null; a pointer to data that a function reads through; and EL2's own MMU, which a
// function looks at. `far` is linked elsewhere where the build says so.
	.include "subject.inc"

routine handle
	sub	x1, x0, #0x100
	cmp	x1, #9
	b.hs	unknown
	adrp	x2, functions
	add	x2, x2, :lo12:functions
	ldr	x2, [x2, x1, lsl #3]
	cbz	x2, unknown
	stp	x29, x30, [sp, #-16]!
	blr	x2
	ldp	x29, x30, [sp], #16
	eret

routine first
	mov	x0, #1
	ret
routine add_seven
	add	x0, x1, #7
	ret
routine through_pointer
	adrp	x1, pointer
	ldr	x1, [x1, :lo12:pointer]
	ldr	x0, [x1]
	ret
routine indexed
	adrp	x1, pointer
	ldr	x1, [x1, :lo12:pointer]
	mov	x3, #8
	ldr	x0, [x3, x1]
	ret
routine stores
	adrp	x1, pointer
	ldr	x1, [x1, :lo12:pointer]
	str	x0, [x1, #8]!
	ldr	x0, [x1], #8
	ret
routine mmu
	mrs	x0, sctlr_el2
	and	x0, x0, #1
	ret
routine table
	mrs	x0, ttbr0_el2
	ret
routine own_address
	adrp	x0, handle
	add	x0, x0, :lo12:handle
	adrp	x1, handle_at
	ldr	x1, [x1, :lo12:handle_at]
	sub	x0, x0, x1
	ret
routine unknown
	mov	x0, #-1
	eret

	.section .far, "ax", %progbits
	.type	far, %function
far:
	mov	x0, #0x77
	ret

	.data
	.balign	8
functions:
	.quad	first, 0, add_seven, through_pointer, far, stores, mmu, table, indexed
pointer:
	.quad	words
handle_at:
	.quad	handle
	.type	words, %object
words:
	.quad	0x1122334455667788, 0x99
