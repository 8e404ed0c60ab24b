// SPDX-License-Identifier: MIT
	.text
	.global ask_all
	.type ask_all, %function
ask_all:
	stp x29, x30, [sp, #-32]!
	stp x19, x20, [sp, #16]
	adrp x20, table
	add x20, x20, :lo12:table
	mov w19, #8
1:	movz w0, #0x0004
	movk w0, #0xc400, lsl #16
	mov x1, x19
	mov x2, #0
	hvc #0
	strb w0, [x20], #1
	subs w19, w19, #1
	b.ne 1b
	ldp x19, x20, [sp, #16]
	ldp x29, x30, [sp], #32
	ret
	.size ask_all, . - ask_all
	.bss
table:	.skip 8
