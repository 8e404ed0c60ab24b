// SPDX-License-Identifier: MIT
//
// A table a way to tell a caller what it cannot read, or not to, with all of the handler in the
// slot of calls from below. Names that begin with "kept_" tell nothing.
	.include "macros.inc"

.macro way name:req
	.section .vectors, "ax", %progbits
	.balign	0x800
	.global	\name
	.type	\name, %object
	.size	\name, 0x800
\name:
	.fill	SLOT_lower64_sync / 4, 4, 0x14000000
.endm

	.global	hvc_vectors
	.set	hvc_vectors, direct

way direct
	mrs	x1, tpidr_el2
	eret

way masked
	mrs	x1, tpidr_el2
	and	x1, x1, #0xff00
	eret

way turned
	mrs	x1, tpidr_el2
	eor	x1, x1, #0xff
	eret

way one_bit
	mrs	x1, tpidr_el2
	ubfx	x1, x1, #37, #1
	eret

way one_value
	mov	x1, xzr
	ldr	x2, =0x123456789abcdef0
	cmp	x0, x2
	mov	x2, xzr
	b.ne	1f
	mrs	x1, tpidr_el2
1:	eret

way one_immediate
	mov	x1, xzr
	mrs	x2, esr_el2
	and	x2, x2, #0xffff
	cmp	x2, #7
	b.ne	1f
	mrs	x1, tpidr_el2
1:	eret

way branch
	mrs	x2, tpidr_el2
	tbz	x2, #5, 1f
	mov	x2, xzr
	mov	x0, #1
	eret
1:	mov	x2, xzr
	mov	x0, xzr
	eret

way select
	mrs	x2, far_el2
	cmp	x2, x0
	cset	x0, eq
	mov	x2, xzr
	eret

// The caller's memory is 0x4000020000 to 0x400002ffff.
way store
	mov	x2, #0x4000000000
	movk	x2, #0x2, lsl #16
	sub	x2, x0, x2
	mov	x3, #0xfff8
	cmp	x2, x3
	mrs	x2, tpidr_el2
	b.hi	1f
	strb	w2, [x0, #1]
1:	mov	x2, xzr
	eret

way data
	adr	x1, key
	ldr	x1, [x1, #8]
	eret

way filled
	adr	x1, by_boot
	ldr	w1, [x1]
	eret

way stack
	ldr	x1, [sp, #-8]
	eret

way pointed
	ldr	x1, [x0, #16]
	eret

way ends
	mrs	x2, tpidr_el2
	tbnz	x2, #63, 1f
	mov	x2, xzr
	eret
1:	b	1b

way where
	mrs	x2, tpidr_el2
	and	x2, x2, #4
	mrs	x3, elr_el2
	add	x3, x3, x2
	msr	elr_el2, x3
	mov	x2, xzr
	mov	x3, xzr
	eret

// To SP_EL0 with one secret, and to SP_EL1 with another.
way level
	mrs	x2, tpidr_el2
	mrs	x3, spsr_el2
	tbz	x2, #5, 1f
	bic	x3, x3, #1
	msr	spsr_el2, x3
1:	mov	x2, xzr
	mov	x3, xzr
	eret

way fpsr
	mrs	x2, tpidr_el2
	msr	fpsr, x2
	mov	x2, xzr
	eret

way flags
	mrs	x2, tpidr_el2
	and	x2, x2, #1
	mrs	x3, spsr_el2
	eor	x3, x3, x2, lsl #29
	msr	spsr_el2, x3
	mov	x2, xzr
	mov	x3, xzr
	eret

way simd
	mrs	x2, tpidr_el2
	fmov	d3, x2
	mov	x2, xzr
	eret

way register
	mrs	x2, tpidr_el2
	msr	tpidr_el1, x2
	mov	x2, xzr
	eret

way two
	mrs	x1, tpidr_el2
	mrs	x2, far_el2
	eor	x1, x1, x2
	mov	x2, xzr
	eret

way kept_self
	mrs	x1, tpidr_el2
	eor	x1, x1, x1
	eret

way kept_saved
	stp	x1, x2, [sp, #-16]!
	mrs	x1, tpidr_el2
	mrs	x2, far_el2
	add	x1, x1, x2
	ldp	x1, x2, [sp], #16
	eret

way kept_over
	mrs	x1, tpidr_el2
	mov	x1, #3
	eret

way kept_text
	ldr	x1, =0x5ec2e75ec2e7
	eret

way kept_pointer
	adr	x1, key
	ldr	x1, [x1, #16]
	eret

way kept_both
	mrs	x2, tpidr_el2
	tbz	x2, #5, 1f
	mov	x0, #3
1:	mov	x0, #3
	mov	x2, xzr
	eret

way kept_back
	mrs	x2, tpidr_el2
	add	x1, x1, x2
	sub	x1, x1, x2
	mov	x2, xzr
	eret

way kept_own
	mrs	x2, tpidr_el2
	adr	x1, by_boot
	str	x2, [x1]
	mov	x1, xzr
	mov	x2, xzr
	eret

way kept_memory
	ldr	x2, [x0, #16]
	adr	x1, by_boot
	str	x2, [x1]
	mov	x1, xzr
	mov	x2, xzr
	eret

// What no list of seeds would have tried: the secret has to be one value.
way one_secret
	mrs	x2, tpidr_el2
	ldr	x3, =0x0badc0ffee15dead
	cmp	x2, x3
	cset	x1, eq
	mov	x2, xzr
	mov	x3, xzr
	eret

// Hands EL2 over to who names the vectors.
way vectors
	cmp	x0, #1
	b.ne	1f
	msr	vbar_el2, x1
1:	eret

// Nothing can be said of these.
way silent
	b	.

way elsewhere
	adr	x3, by_boot
	ldr	x3, [x3, #8]
	br	x3

way unlifted
	fadd	d0, d1, d2
	eret

way anywhere
	str	x1, [x0]
	eret

	.balign	0x800
	.ltorg
	.global	key, by_boot
	.data
	.balign	16
key:	.quad	0x1234, 0x5678, key
	.bss
	.balign	16
by_boot: .skip	16
