// SPDX-License-Identifier: MIT
//
// Faults that say nothing of the code, told apart by x0: 1 reads a register of the GIC, which the
// engine has not; 2 is stopped by its own check of a variable that boot would have set. And one that
// is its own: 3 breaks wherever it runs.
//
// Behind `panicking`, vectors that answer EL2's own exceptions: by a way out to the caller's x30, as
// a kernel's panic is. 1 reads the GIC there; 2 looks whether an FIQ is pending, which no call sets.
	.include "subject.inc"
	.arch	armv8.4-a

routine handle
	cmp	x0, #1
	b.eq	reads_gic
	cmp	x0, #2
	b.eq	checks
	cmp	x0, #3
	b.eq	breaks
	mov	x0, #-1
	eret
reads_gic:
	mrs	x1, s3_4_c12_c11_1	// ICH_VTR_EL2
	mov	x0, xzr
	eret
checks:
	adrp	x1, count
	ldr	x1, [x1, :lo12:count]
	cbnz	x1, 1f
	brk	#0x800
1:	mov	x0, xzr
	eret
breaks:
	brk	#0x800

	own_table panicking
	mrs	x16, esr_el2
	lsr	x16, x16, #26
	cbz	x16, panic
	cmp	x0, #1
	b.eq	reads_gic
	cmp	x0, #2
	b.eq	looks_for_fiq
	mov	x0, #-1
	eret
looks_for_fiq:
	mrs	x1, isr_el1
	mov	x0, xzr
	tbz	x1, #6, 1f
	mov	x0, #1
1:	eret
panic:
	mov	x16, #0x3c5
	msr	spsr_el2, x16
	msr	elr_el2, x30
	mov	x0, #-99
	eret

	.bss
	.balign	8
count:
	.skip	8
