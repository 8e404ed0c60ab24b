// SPDX-License-Identifier: MIT
//
// One handler and others that are nearly the same, a vector table each, for comparisons: what is
// said of each says in what it differs from `base`, where x0 = 1 gives x1 + x2, 2 stores w1 at
// the address in x2, and all else gives -1.
	.include "subject.inc"

routine handle
	answer	0

// What they have in common; x29 is 0 at the end.
.macro finish
	cmp	x0, #1
	b.eq	771f
	cmp	x0, #2
	b.eq	772f
	mov	x29, #0
	answer	-1
771:	add	x0, x1, x2
	mov	x29, #0
	eret
772:	str	w1, [x2]
	mov	x29, #0
	eret
.endm

own_table	base
	finish

// Nothing: the same by other instructions, elsewhere, in another order.
own_table	same
	sub	x29, x0, #2
	cbz	x29, 2f
	add	x29, x29, #1
	cbnz	x29, 1f
	neg	x0, x2
	sub	x0, x1, x0
	and	x29, x29, xzr
	eret
1:	orn	x0, xzr, xzr
	mov	x29, xzr
	eret
2:	mov	x29, #0
	lsl	x1, x1, #0
	str	w1, [x2]
	eret

// Where x1 = 0x123456789abcdef0, of 2^64.
own_table	one_value
	movz	x29, #0xdef0
	movk	x29, #0x9abc, lsl #16
	movk	x29, #0x5678, lsl #32
	movk	x29, #0x1234, lsl #48
	cmp	x1, x29
	b.ne	1f
	cmp	x0, #1
	b.ne	1f
	mov	x29, #0
	answer	0
1:	finish

// x0 = 7 by an SMC alone.
own_table	only_smc
	mrs	x29, esr_el2
	lsr	w29, w29, #26
	cmp	x29, #0x17
	b.ne	1f
	cmp	x0, #7
	b.ne	1f
	mov	x29, #0
	answer	5
1:	finish

// x0 = 7 from EL1t alone.
own_table	only_el1t
	mrs	x29, spsr_el2
	tbnz	x29, #0, 1f
	cmp	x0, #7
	b.ne	1f
	mov	x29, #0
	answer	5
1:	finish

// x0 = 1 whatever its upper half is.
own_table	upper_half
	cmp	w0, #1
	b.ne	1f
	mov	w0, w0
1:	finish

// What is stored.
own_table	store_value
	cmp	x0, #2
	b.ne	1f
	mov	w29, w1
	add	w29, w29, #1
	str	w29, [x2]
	mov	x29, #0
	eret
1:	finish

// Where it is stored.
own_table	store_place
	cmp	x0, #2
	b.ne	1f
	str	w1, [x2, #4]
	mov	x29, #0
	eret
1:	finish

// As what it is stored.
own_table	store_size
	cmp	x0, #2
	b.ne	1f
	str	x1, [x2]
	mov	x29, #0
	eret
1:	finish

// It is stored twice.
own_table	store_count
	cmp	x0, #2
	b.ne	1f
	str	w1, [x2]
1:	finish

// Two stores, which are the other way round in the next one.
own_table	store_first
	str	w1, [x2]
	str	w1, [x3]
	mov	x29, #0
	eret
own_table	store_second
	str	w1, [x3]
	str	w1, [x2]
	mov	x29, #0
	eret

// It returns to EL1t for x0 = 1.
own_table	level
	cmp	x0, #1
	b.ne	1f
	mrs	x29, spsr_el2
	and	x29, x29, #~1
	msr	spsr_el2, x29
1:	finish

// It returns one instruction further for x0 = 1.
own_table	target
	cmp	x0, #1
	b.ne	1f
	mrs	x29, elr_el2
	add	x29, x29, #4
	msr	elr_el2, x29
1:	finish

// And further.
own_table	further
	cmp	x0, #1
	b.ne	1f
	mrs	x29, elr_el2
	add	x29, x29, #8
	msr	elr_el2, x29
1:	finish
own_table	furthest
	cmp	x0, #1
	b.ne	1f
	mrs	x29, elr_el2
	add	x29, x29, #16
	msr	elr_el2, x29
1:	finish

// It returns with other flags for x0 = 1.
own_table	flags
	cmp	x0, #1
	b.ne	1f
	mrs	x29, spsr_el2
	eor	x29, x29, #0x40000000
	msr	spsr_el2, x29
1:	finish

// A system register for x0 = 1, and one without a row in reg.h.
own_table	system
	cmp	x0, #1
	b.ne	1f
	msr	tpidr_el2, x1
1:	finish
own_table	untracked
	cmp	x0, #1
	b.ne	1f
	msr	afsr0_el2, x1
1:	finish

// A vector register for x0 = 1.
own_table	vector
	cmp	x0, #1
	b.ne	1f
	ldr	q3, [sp]
1:	finish

// A fault of EL2 for x0 = 1, and another one.
own_table	fault
	cmp	x0, #1
	b.ne	1f
	brk	#0
1:	finish
own_table	other_fault
	cmp	x0, #1
	b.ne	1f
	.inst	0
1:	finish

// Something that is not followed for x0 = 1.
own_table	unfollowed
	cmp	x0, #1
	b.ne	1f
	fadd	d0, d0, d1
1:	finish

// An address of its own, which hazards.S has elsewhere by that name.
own_table	moved_code
	adr	x0, shared_place
	mov	x29, #0
	eret
routine	shared_place
	nop

// Addresses of its own, which are elsewhere in the next one.
own_table	own_address
	adr	x0, own_data
	mov	x29, #0
	eret
	.balign	8
	.global	own_data
own_data:
	.quad	0
own_table	other_address
	adr	x0, own_data + 4
	mov	x29, #0
	eret

// Where x0 = 1 a branch 16 MiB off, where nothing is, and four bytes further.
own_table	stray_1
	cmp	x0, #1
	b.ne	1f
	.inst	0x14400000
1:	finish

own_table	stray_2
	cmp	x0, #1
	b.ne	1f
	.inst	0x14400001
1:	finish

// What is kept in EL2's own data: x1, or x1 and one more where x0 = 1.
own_table	keeps
	adr	x29, kept
	str	x1, [x29]
	mov	x29, #0
	answer	0

own_table	keeps_other
	cmp	x0, #1
	adr	x29, kept
	cinc	x0, x1, eq
	str	x0, [x29]
	mov	x29, #0
	answer	0

.macro answers_zero
	mov	x29, #0
	answer	0
.endm

// The same in two halves, over something else.
own_table	keeps_halves
	adr	x29, kept
	str	x2, [x29]
	lsr	x0, x1, #32
	stp	w1, w0, [x29]
	answers_zero

// Nothing; and nothing in the end: what was there, and what was on another stack.
own_table	keeps_nothing
	answers_zero

own_table	keeps_back
	mrs	x29, tpidr_el2
	ldr	x0, [x29, #16]
	str	x1, [x29, #16]
	str	x0, [x29, #16]
	answers_zero

own_table	keeps_stack
	mrs	x29, tpidr_el2
	ldr	x0, [x29]
	mov	x29, sp
	mov	sp, x0
	stp	x1, x2, [sp, #-16]!
	ldp	x1, x2, [sp], #16
	mov	sp, x29
	answers_zero

// Where only EL2 knows of: by a register of its own, and by a pointer that is there.
own_table	keeps_cpu
	mrs	x29, tpidr_el2
	str	x1, [x29, #16]
	answers_zero

own_table	keeps_cpu_other
	mrs	x29, tpidr_el2
	str	x2, [x29, #16]
	answers_zero

own_table	keeps_beyond
	mrs	x29, tpidr_el2
	ldr	x29, [x29, #8]
	str	w1, [x29, #16]
	answers_zero

// By two pointers of the caller's, which may be one: what is stored last and what is loaded.
own_table	stores_first
	str	w3, [x1]
	ldr	w0, [x2]
	mov	x29, #0
	eret

own_table	loads_first
	ldr	w0, [x2]
	str	w3, [x1]
	mov	x29, #0
	eret

own_table	loads_twice
	str	w3, [x1]
	ldr	w0, [x2]
	ldr	w0, [x2]
	mov	x29, #0
	eret

// By one of the caller's, and of EL2's own.
own_table	own_late
	adrp	x29, moved_word
	str	w3, [x1]
	ldr	x0, [x29, :lo12:moved_word]
	mov	x29, #0
	eret

own_table	own_early
	adrp	x29, moved_word
	ldr	x0, [x29, :lo12:moved_word]
	str	w3, [x1]
	mov	x29, #0
	eret

// By pointers that lie in the caller's memory, which are its own, too.
own_table	stores_beyond
	ldr	x29, [x1]
	str	w3, [x29]
	ldr	w0, [x2]
	mov	x29, #0
	eret

own_table	loads_before
	ldr	x29, [x1]
	ldr	w0, [x2]
	str	w3, [x29]
	mov	x29, #0
	eret

// Data that hazards.S has elsewhere by that name, and once with the next one in its place.
.macro of_two load:req, store:req
	adr	x29, moved_word
	ldr	x0, [x29, \load]
	str	x1, [x29, \store]
	mov	x29, #0
	eret
.endm

own_table	moved_data
	of_two	0, 8

own_table	moved_other
	of_two	8, 0

// By a table of two functions, of which x0 is the index: x1 and one more, and how long x1 counts
// down for, whose end is not followed. x2 is the address of the table, which each has elsewhere.
.macro by_table first:req, second:req
	cmp	x0, #2
	b.hs	1f
	stp	x29, x30, [sp, #-16]!
	adr	x2, 3f
	ldr	x29, [x2, x0, lsl #3]
	blr	x29
	ldp	x29, x30, [sp], #16
	mov	x2, #0
	mov	x29, #0
	eret
1:	mov	x29, #0
	answer	-1
	.balign	8
3:	.quad	\first, \second
.endm

routine counts_up
	add	x0, x1, #1
	ret
routine counts_up_by_negation
	mvn	x0, x1
	neg	x0, x0
	ret
routine counts_up_twice
	add	x0, x1, #2
	ret
routine counts_down
	mov	x0, #0
1:	cbz	x1, 2f
	sub	x1, x1, #1
	b	1b
2:	ret
routine says_nothing
	mov	x0, #0
	ret

own_table	entered
	by_table counts_up, counts_down

own_table	entered_same
	by_table counts_up_by_negation, counts_down

own_table	entered_other
	by_table counts_up_twice, counts_down

own_table	entered_short
	by_table counts_up, says_nothing

own_table	entered_none
	mov	x29, #0
	answer	-1

	.data
	.balign	8
variable kept
	.quad	0

	.bss
	.balign	8
	.skip	32
variable moved_word
	.skip	16
