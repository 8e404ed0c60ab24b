// SPDX-License-Identifier: MIT
//
// Handlers that give -1 for all calls, and do one thing more that they should not, a vector table
// each: for x0 = 7, unless something else is said.
	.include "subject.inc"

routine handle
	answer	0

.macro unless_seven
	cmp	x0, #7
	b.ne	1f
.endm

own_table	clean
1:	answer	-1

own_table	branch
	unless_seven
	br	x1
1:	answer	-1

// For an address in the first 4096 bytes of the image.
own_table	branch_inside
	mov	x29, #0x40000000
	sub	x29, x0, x29
	cmp	x29, #0x1000
	b.hs	1f
	br	x0
1:	answer	-1

own_table	store
	unless_seven
	str	x2, [x1]
1:	answer	-1

// A number of the image becomes another one.
own_table	image
	unless_seven
	adrp	x29, number
	str	xzr, [x29, #:lo12:number]
1:	answer	-1

// It becomes another one, and is put back.
own_table	image_kept
	unless_seven
	adrp	x29, number
	str	xzr, [x29, #:lo12:number]
	mov	x1, #0x5678
	str	x1, [x29, #:lo12:number]
1:	answer	-1

// It becomes what the caller says, which may be what it is.
own_table	image_by_value
	adrp	x29, number
	str	x0, [x29, #:lo12:number]
	answer	-1

// For one of 2^64 values.
own_table	vectors
	movz	x29, #0xdef0
	movk	x29, #0x9abc, lsl #16
	movk	x29, #0x5678, lsl #32
	movk	x29, #0x1234, lsl #48
	cmp	x0, x29
	b.ne	1f
	msr	vbar_el2, x1
1:	answer	-1

own_table	state
	unless_seven
	msr	tpidr_el2, x1
1:	answer	-1

own_table	stack
	unless_seven
	mov	x29, sp
	sub	sp, x29, #16
1:	answer	-1

own_table	untracked
	unless_seven
	msr	afsr0_el2, x1
1:	answer	-1

own_table	fault
	unless_seven
	brk	#0
1:	answer	-1

// What variants.S has elsewhere by that name.
own_table	moved_code
	adr	x0, shared_place
	mov	x29, #0
	eret
routine	shared_place
	nop

own_table	moved_data
	adrp	x29, moved_word
	add	x29, x29, :lo12:moved_word
	ldr	x0, [x29]
	str	x1, [x29, #8]
	mov	x29, #0
	eret

own_table	unfollowed
	unless_seven
	fadd	d0, d0, d1
1:	answer	-1

	.data
variable number
	.quad	0x5678

	.bss
	.balign	8
variable moved_word
	.skip	16
