// SPDX-License-Identifier: MIT
//
// Handlers as few people write them, a vector table each, for what a map says of them: what is
// read at an address that goes by the call, tables that are long, functions that are not there,
// code on the stack, values that nobody can compute beforehand, chains of hundreds.
	.include "subject.inc"

routine handle
	answer	0

// The immediate, from the instruction that made the call.
own_table	instruction
	mrs	x29, elr_el2
	ldur	w29, [x29, #-4]
	ubfx	x0, x29, #5, #16
	eret

// A doubleword of the caller's for each immediate.
own_table	by_immediate
	get_imm
	ldr	x0, [x1, x29, lsl #3]
	eret

// A table of 400 words, 7 times the index each.
own_table	long_table
	get_imm
	cmp	x29, #400
	b.hs	1f
	adr	x0, words
	ldr	w0, [x0, x29, lsl #2]
	eret
1:	answer	-1
	.balign	4
words:
	.set	word, 0
	.rept	400
	.word	word * 7
	.set	word, word + 1
	.endr

// A switch with 400 cases by a table of distances.
own_table	long_switch
	get_imm
	cmp	x29, #400
	b.hs	2f
	adr	x0, distances
	ldr	w1, [x0, x29, lsl #2]
	add	x0, x0, w1, sxtw
	br	x0
cases:
	.set	case, 0
	.rept	400
	mov	x0, #case
	eret
	.set	case, case + 1
	.endr
2:	answer	-1
	.balign	4
distances:
	.set	case, 0
	.rept	400
	.word	cases + 8 * case - distances
	.set	case, case + 1
	.endr

// A byte for each immediate, which are too many to be told apart.
own_table	vast_table
	get_imm
	adr	x0, bytes
	ldrb	w0, [x0, x29]
	cbnz	x0, .
	eret
bytes:
	.fill	32768, 1, 0
	.fill	32768, 1, 1

// One of the caller's doublewords on the stack, behind a store among them.
own_table	vast_stack
	get_imm
	and	x29, x29, #0x7ff
	sub	sp, sp, #0x4000
	str	x1, [sp, #16]
	ldr	x0, [sp, x29, lsl #3]
	add	sp, sp, #0x4000
	eret

// Functions of a table, of which every other one is missing.
own_table	missing_function
	and	x29, x0, #3
	adr	x30, functions
	ldr	x29, [x30, x29, lsl #3]
	blr	x29
	eret
function:
	mov	x0, #5
	ret
	.balign	8
functions:
	.quad	function, 0, function, 0

own_table	call_nothing
	cbnz	x0, 1f
	blr	x0
1:	answer	-1

// ERET, put together on the stack and executed there.
own_table	stack_code
	sub	sp, sp, #16
	mov	w29, #0x03e0
	movk	w29, #0xd69f, lsl #16
	str	w29, [sp]
	isb
	mov	x29, sp
	add	sp, sp, #16
	mov	x0, #6
	br	x29

// A timer counts on between the two.
own_table	timer
	mov	x0, #5
	msr	cnthp_tval_el2, x0
	mrs	x0, cnthp_tval_el2
	cmp	x0, #100
	b.hi	1f
	answer	1
1:	answer	2

	.arch	armv8-a+crc
own_table	checksum
	get_imm
	mov	w0, #-1
	crc32w	w0, w0, w29
	and	w0, w0, #7
	cmp	w0, #2
	b.eq	1f
	eret
1:	answer	99

// 600 numbers in a row, of which each has an answer of its own.
own_table	chain
	.set	case, 0
	.rept	600
	mov	w29, #case * 97 + 5
	cmp	w0, w29
	b.eq	answers + 8 * case
	.set	case, case + 1
	.endr
	answer	-1
answers:
	.set	case, 0
	.rept	600
	mov	x0, #case
	eret
	.set	case, case + 1
	.endr

// 2^16 paths that meet again after each bit: by a register, the flags and the stack, of which one
// byte is part of a word that is stored as well.
own_table	bits
	get_imm
	mov	x0, #0
	stp	xzr, xzr, [sp, #-16]!
	.set	case, 0
	.rept	16
	tbz	w29, #case, 661f
	add	x0, x0, #case
	str	w29, [sp, #4]
	strb	w0, [sp, #case % 8]
	cmp	w0, #9
	b	662f
661:	eor	x0, x0, x2
	cmn	w0, w29
662:
	.set	case, case + 1
	.endr
	ldr	x1, [sp], #16
	cset	x3, hs
	eret

// Sides that do something which is told of neither register nor memory stay apart.
own_table	apart
	get_imm
	mov	x0, #0
	.set	case, 0
	.rept	12
	tbz	w29, #case, 671f
	add	x0, x0, #case
671:
	.set	case, case + 1
	.endr
	tbz	w29, #15, 672f
	msr	tpidr_el1, x1
672:	eret

// The ones among the immediate's digits, as a compiler has it that keeps everything on the stack.
own_table	ones
	sub	sp, sp, #32
	get_imm
	str	w29, [sp, #12]
	str	wzr, [sp, #28]
	b	3f
1:	ldr	w0, [sp, #12]
	and	w0, w0, #1
	cmp	w0, #0
	b.eq	2f
	ldr	w0, [sp, #28]
	add	w0, w0, #1
	str	w0, [sp, #28]
2:	ldr	w0, [sp, #12]
	lsr	w0, w0, #1
	str	w0, [sp, #12]
3:	ldr	w0, [sp, #12]
	cmp	w0, #0
	b.ne	1b
	ldr	w0, [sp, #28]
	add	sp, sp, #32
	eret

// Cortex-A72 has no such register; others do.
own_table	lacking
	mrs	x0, s3_4_c13_c0_1
	eret

// The engine has this one and holds nothing in it: what was written is kept beside.
own_table	kept_beside
	mrs	x0, hacr_el2
	msr	hacr_el2, x1
	mrs	x2, hacr_el2
	eret
