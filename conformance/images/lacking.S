// SPDX-License-Identifier: MIT
//
// Faults that say nothing of the code, told apart by x0: 1 reads a register of the GIC, which the
// engine has not; 2 is stopped by its own check of a variable that boot would have set. And one that
// is its own: 3 breaks wherever it runs.
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

	.bss
	.balign	8
count:
	.skip	8
