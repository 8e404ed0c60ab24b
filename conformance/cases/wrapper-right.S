// SPDX-License-Identifier: MIT
// The same calls as they should be made.
	.text
	.global gate
	.type gate, %function
gate:
	hvc #0
	ret
	.size gate, . - gate
	.global gate_of_two
	.type gate_of_two, %function
gate_of_two:
	mov x3, xzr
	b gate
	.size gate_of_two, . - gate_of_two
	.global direct
	.type direct, %function
direct:
	stp x29, x30, [sp, #-32]!
	str x19, [sp, #16]
	mov x19, #3
	movz w0, #0x0003
	movk w0, #0x8400, lsl #16
	bl gate
	cbnz w0, 1f
	add x0, x19, #1
1:	ldr x19, [sp, #16]
	ldp x29, x30, [sp], #32
	ret
	.size direct, . - direct
	.global tail
	.type tail, %function
tail:
	movz w0, #0x000e
	movk w0, #0x8400, lsl #16
	b gate_of_two
	.size tail, . - tail
	.global unsigned
	.type unsigned, %function
unsigned:
	movz w0, #0x8400, lsl #16
	b gate
	.size unsigned, . - unsigned
