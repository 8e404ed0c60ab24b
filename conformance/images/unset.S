// SPDX-License-Identifier: MIT
//
// Memory that the file does not set, told apart by x0: 1 reads a variable in .bss that boot would
// have set; 2 writes it before it reads it; 3 reads an initialised variable; 4 goes through a
// pointer that only a loader could have filled in; 5 reads TPIDR_EL2's memory.
	.include "subject.inc"
	.global	elsewhere
	// Where it parks is `b .`, not a round by the PLT, which a proof cannot see the end of.
	.hidden	slot_el2h_sync

routine handle
	cmp	x0, #1
	b.eq	reads_bss
	cmp	x0, #2
	b.eq	writes_first
	cmp	x0, #3
	b.eq	reads_data
	cmp	x0, #4
	b.eq	reads_pointer
	cmp	x0, #5
	b.eq	reads_thread
	mov	x0, #-1
	eret
reads_bss:
	adrp	x1, booted
	ldr	w0, [x1, :lo12:booted]
	eret
writes_first:
	mov	w0, #7
	adrp	x1, booted
	str	w0, [x1, :lo12:booted]
	ldr	w0, [x1, :lo12:booted]
	eret
reads_data:
	adrp	x1, counter
	ldr	x0, [x1, :lo12:counter]
	eret
reads_pointer:
	adrp	x1, :got:elsewhere
	ldr	x0, [x1, :got_lo12:elsewhere]
	eret
reads_thread:
	mrs	x1, tpidr_el2
	ldr	x0, [x1, #0x10]
	eret

	.data
	.balign	8
counter:
	.quad	0x33

	.bss
	.balign	16
	.global	state, booted, vcpu0
	.hidden	state, booted, vcpu0
	.type	state, %object
	.size	state, 24
state:
	.skip	16
	.type	booted, %object
	.size	booted, 4
booted:
	.skip	8
	.type	vcpu0, %object
	.size	vcpu0, 64
vcpu0:
	.skip	64
