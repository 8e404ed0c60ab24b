// SPDX-License-Identifier: MIT
//
// The EL2 of Lodge, a hypervisor for one guest: HVC #0, and x0 selects.
//
//	0	x0 := version, 0x20001
//	1	keep x1 for the guest; x0 := 0
//	2	x0 := what was kept
//	other, and every other immediate: x0 := -1
//
// No register but x0 changes.

	.text
	.balign	0x800
	.global	lodge_vectors
	.type	lodge_vectors, %object
lodge_vectors:
	.rept	8		// from EL2 itself: not expected
	.balign	0x80
	b	.
	.endr

	.balign	0x80		// 0x400: synchronous, from AArch64 below
	b	lodge_sync

	.rept	7		// the rest is not expected either
	.balign	0x80
	b	.
	.endr
	.balign	0x80
	.size	lodge_vectors, . - lodge_vectors

lodge_sync:
	stp	x16, x17, [sp, #-16]!
	mrs	x16, esr_el2
	mov	w17, #0x5a000000	// HVC #0 from AArch64
	eor	x16, x16, x17
	cbnz	x16, unknown
	cbz	x0, version
	sub	x16, x0, #1
	cbz	x16, keep
	sub	x16, x0, #2
	cbz	x16, tell
unknown:
	mov	x0, #-1
	b	leave
version:
	mov	x0, #0x1
	movk	x0, #0x2, lsl #16
	b	leave
keep:
	msr	tpidr_el2, x1
	mov	x0, xzr
	b	leave
tell:
	mrs	x0, tpidr_el2
leave:
	ldp	x16, x17, [sp], #16
	eret
