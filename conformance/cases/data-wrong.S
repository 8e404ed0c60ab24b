// SPDX-License-Identifier: MIT
// Eight results, of which the third is overwritten while the rest are stored.
	.text
	.global fetch
	.type fetch, %function
fetch:
	stp x29, x30, [sp, #-32]!
	str x19, [sp, #16]
	mov x19, x0
	movz w0, #0x1234
	movk w0, #0xc600, lsl #16
	hvc #0
	mov x2, x19			// WRONG: x2 is data
	stp x0, x1, [x2]
	stp x2, x3, [x2, #16]
	ldr x19, [sp, #16]
	ldp x29, x30, [sp], #32
	ret
	.size fetch, . - fetch
