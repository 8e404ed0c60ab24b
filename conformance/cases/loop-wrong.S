// SPDX-License-Identifier: MIT
// A version 1.0 callee may change x4 to x17. WRONG: the table is in x10, and x2 is set once.
	.text
	.global ask_all
	.type ask_all, %function
ask_all:
	adrp x10, table
	add x10, x10, :lo12:table
	mov x2, #0
	mov w19, #8
1:	movz w0, #0x0004
	movk w0, #0xc400, lsl #16
	mov x1, x19
	hvc #0
	strb w0, [x10], #1
	subs w19, w19, #1
	b.ne 1b
	ret
	.size ask_all, . - ask_all
	.bss
table:	.skip 8
