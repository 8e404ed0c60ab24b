// SPDX-License-Identifier: MIT
// One caller stores all of the data, another is content with the first two.
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
	stp x0, x1, [x19]
	stp x2, x3, [x19, #16]
	ldr x19, [sp, #16]
	ldp x29, x30, [sp], #32
	ret
	.size fetch, . - fetch
	.global sum
	.type sum, %function
sum:
	movz w0, #0x1234
	movk w0, #0xc600, lsl #16
	hvc #0
	mov x2, #2
	add x0, x0, x1
	mul x0, x0, x2
	ret
	.size sum, . - sum
