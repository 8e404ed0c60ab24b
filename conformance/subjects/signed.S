// SPDX-License-Identifier: MIT
//
// Return addresses that are signed: authenticated and returned to, in one instruction or in two. The
// modifier is SP, which at x1 = 2 is another one; at x1 = 3 the key is.
	.include "subject.inc"

routine handle
	stp	x29, x30, [sp, #-16]!
	bl	function
	ldp	x29, x30, [sp], #16
	eret

routine function
	hint	#25			// paciasp
	stp	x29, x30, [sp, #-16]!
	cbz	x1, 1f
	cmp	x1, #2
	b.eq	2f
	cmp	x1, #3
	b.eq	3f
	mov	x0, #1
	ldp	x29, x30, [sp], #16
	hint	#29			// autiasp
	ret
1:	mov	x0, #2
	ldp	x29, x30, [sp], #16
	.inst	0xd65f0bff		// retaa
2:	ldp	x29, x30, [sp]
	.inst	0xd65f0bff
3:	msr	s3_0_c2_c1_0, x1		// apiakeylo_el1
	ldp	x29, x30, [sp], #16
	.inst	0xd65f0bff
