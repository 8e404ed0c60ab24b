// SPDX-License-Identifier: MIT
//
// A small EL2 monitor of one's own. The immediate selects:
//
//	0	x0 := version, 0x10002
//	1	keep x0 for later; x0 := 0
//	2	x0 := what was kept
//	other	x0 := -1
//
// x16 and x17 are used up, every other register is kept.

	.text
	.balign	0x800
	.global	doorman_vectors
	.type	doorman_vectors, %object
doorman_vectors:
	.rept	8		// from EL2 itself: not expected
	.balign	0x80
	b	.
	.endr

	.balign	0x80		// 0x400: synchronous, from AArch64 below
	b	handle_sync

	.rept	7		// the rest is not expected either
	.balign	0x80
	b	.
	.endr
	.balign	0x80

handle_sync:
	mrs	x16, esr_el2
	lsr	x17, x16, #26
	cmp	x17, #0x16	// HVC from AArch64
	b.ne	unknown
	and	x16, x16, #0xffff
	cbz	x16, version
	cmp	x16, #1
	b.eq	keep
	cmp	x16, #2
	b.eq	tell
unknown:
	mov	x0, #-1
	eret

version:
	mov	x0, #0x2
	movk	x0, #0x1, lsl #16
	eret

keep:
	msr	tpidr_el2, x0
	mov	x0, xzr
	eret

tell:
	mrs	x0, tpidr_el2
	eret
