// SPDX-License-Identifier: MIT
// A call gate that three functions use: what each of them does is seen where it calls the gate.
	.text
	.global gate
	.type gate, %function
gate:
	hvc #0
	ret
	.size gate, . - gate
// A wrapper of the wrapper, that ends in it.
	.global gate_of_two
	.type gate_of_two, %function
gate_of_two:
	mov x3, xzr
	b gate
	.size gate_of_two, . - gate_of_two
// WRONG: keeps a count in x2 over the call.
	.global direct
	.type direct, %function
direct:
	stp x29, x30, [sp, #-16]!
	mov x2, #3
	movz w0, #0x0003
	movk w0, #0x8400, lsl #16
	bl gate
	cbnz w0, 1f
	add x0, x2, #1
1:	ldp x29, x30, [sp], #16
	ret
	.size direct, . - direct
// WRONG: no such call.
	.global tail
	.type tail, %function
tail:
	movz w0, #0x001e
	movk w0, #0x8400, lsl #16
	b gate_of_two
	.size tail, . - tail
// WRONG: the identifier is an int that the gate takes as a long.
	.global widened
	.type widened, %function
widened:
	movz w0, #0x8400, lsl #16
	sxtw x0, w0
	b gate
	.size widened, . - widened
