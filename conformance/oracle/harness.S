// SPDX-License-Identifier: MIT
//
// What runs under QEMU: firmware of the virt board at EL3, out of every subject's reach. It reads
// worlds and calls from memory that is shared with hvcheck, makes each call on the board's own CPU,
// and writes there what became of it. wire.inc has the layout; conformance/oracle/wire.h has it
// in C.
//
// Control comes back here by SMC, which always goes to EL3: the host has put one in place of the
// first instruction of each vector of the subject (so the entry is seen, and an exception inside
// EL2 is), and wherever a call may end. What never comes back is ended by the secure timer, whose
// FIQ cannot be masked at EL2 or below. With -icount the timer counts instructions, not time.
//
// Where SCR_EL3.RW of a world is clear EL2 is Hyp mode. Its registers, and those of the modes below,
// are here as AArch64 state has them.

	.arch	armv8-a

	.include "wire.inc"
	.include "entry.inc"

	.text
	.global	_start
_start:
	adr	x0, el3_vectors
	msr	vbar_el3, x0
	mov	x0, #0x1100			// ZCR and SMCR are not trapped
	msr	cptr_el3, x0
	mov	x0, #SCR_WORK
	msr	scr_el3, x0
	isb
	ldr	x0, =STACK
	mov	sp, x0
	ldr	x28, =STATE
	ldr	x27, =HEADER

	// Group 0, which the secure timer is in, is signalled as FIQ.
	ldr	x0, =GICD
	mov	w1, #1
	str	w1, [x0]
	ldr	w1, =TIMER_PPI
	str	w1, [x0, #0x100]
	ldr	x0, =GICC
	mov	w1, #0xff
	str	w1, [x0, #4]
	mov	w1, #9				// EnableGrp0, FIQEn
	str	w1, [x0]

	ldr	x0, =INPUT
	str	x0, [x28, #S_INPUT]
	mov	x0, x27
	mov	x1, #H_SIZE
	bl	read
	ldr	x0, =WIRE
	ldr	x1, [x27, #H_OUTPUT]
	add	x0, x0, x1
	str	x0, [x28, #S_OUTPUT]
	ldr	x19, [x27, #H_CHUNKS]
	add	x20, x27, #H_CHUNK
1:	cbz	x19, 2f
	ldp	x0, x1, [x20], #16
	bl	read
	sub	x19, x19, #1
	b	1b
2:	ldr	x0, =WORLDS
	ldr	x1, [x27, #H_WORLDS]
	lsl	x1, x1, #9
	bl	read

	// Keep a copy of what calls may store to.
	ldr	x19, [x27, #H_RANGES]
	add	x20, x27, #H_RANGE
	ldr	x21, =PRISTINE
1:	cbz	x19, 3f
	ldp	x0, x1, [x20], #16
2:	ldp	x2, x3, [x0], #16
	stp	x2, x3, [x21], #16
	subs	x1, x1, #16
	b.hi	2b
	sub	x19, x19, #1
	b	1b

	// An instruction takes a nanosecond. The timer ticks at 62.5 MHz, in newer QEMUs at 1 GHz
	// where the CPU has Armv8.6 (max of 10.0).
3:	ldr	x0, [x27, #H_BUDGET]
	mrs	x1, cntfrq_el0
	mul	x0, x0, x1
	ldr	x1, =1000000000
	udiv	x0, x0, x1
	add	x0, x0, #1
	str	x0, [x28, #S_TICKS]

	ldr	x0, [x27, #H_CALLS]
	str	x0, [x28, #S_LEFT]

next_batch:
	ldr	x22, [x28, #S_LEFT]
	cbz	x22, done
	mov	x23, #BATCH
	cmp	x22, x23
	csel	x23, x22, x23, lo
	sub	x22, x22, x23
	str	x22, [x28, #S_LEFT]
	ldr	x0, =CALLS
	str	x0, [x28, #S_CALL]
	mov	x2, #CALL_SIZE
	mul	x1, x23, x2
	bl	read
	ldr	x0, =RESULTS
	str	x0, [x28, #S_RESULT]

next_call:
	b	make_call
call_is_over:
	ldr	x0, [x28, #S_CALL]
	add	x0, x0, #CALL_SIZE
	str	x0, [x28, #S_CALL]
	ldr	x0, [x28, #S_RESULT]
	add	x0, x0, #RESULT_SIZE
	str	x0, [x28, #S_RESULT]
	// x23 did not survive the call: how many are left follows from where the result went.
	ldr	x1, [x28, #S_LEFT]
	ldr	x2, [x27, #H_CALLS]
	sub	x2, x2, x1			// calls read so far
	sub	x2, x2, #1
	and	x2, x2, #BATCH - 1
	add	x2, x2, #1			// of which in this batch
	mov	x3, #RESULT_SIZE
	mul	x2, x2, x3
	ldr	x1, =RESULTS
	sub	x3, x0, x1
	cmp	x3, x2
	b.lo	next_call
	mov	x0, x1
	mov	x1, x2
	bl	write
	b	next_batch

done:	mov	x1, #END_DONE
	b	exit

// Put the world and the caller's registers in place, and go.
make_call:
	ldr	x24, [x28, #S_CALL]
	ldr	x25, [x28, #S_RESULT]
	mov	x0, x25
	mov	x1, #R_X
1:	str	xzr, [x0], #8
	subs	x1, x1, #8
	b.ne	1b
	ldr	x19, =WORLDS
	ldr	x0, [x24, #C_WORLD]
	add	x19, x19, x0, lsl #9
	mov	x20, #STUBS
	ldr	x21, [x27, #H_REGS]
1:	blr	x20				// what it holds; writing some costs a TLB flush
	ldr	x2, [x19], #8
	cmp	x0, x2
	b.eq	2f
	mov	x0, x2
	add	x1, x20, #8
	blr	x1
2:	add	x20, x20, #16
	subs	x21, x21, #1
	b.ne	1b
	mrs	x0, scr_el3
	orr	x0, x0, #SCR_FIQ
	bic	x0, x0, #SCR_SMD
	msr	scr_el3, x0

	str	wzr, [x28, #S_PATCHED]
	ldr	x0, [x24, #C_LANDING]
	cbz	x0, dump
	isb
	ldr	x0, [x24, #C_PC]
	msr	elr_el3, x0
	ldr	x0, [x24, #C_SPSR]
	msr	spsr_el3, x0
	mov	x0, #0x04000000			// as hvc_simd_init has them
	msr	fpcr, x0
	mov	x0, #0x80
	msr	fpsr, x0
	ldr	x0, [x28, #S_TICKS]
	msr	cntps_tval_el1, x0
	mov	x0, #1
	msr	cntps_ctl_el1, x0
	isb
	mov	x30, x24
	ldp	x0, x1, [x30]
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	ldp	x18, x19, [x30, #144]
	ldp	x20, x21, [x30, #160]
	ldp	x22, x23, [x30, #176]
	ldp	x24, x25, [x30, #192]
	ldp	x26, x27, [x30, #208]
	ldp	x28, x29, [x30, #224]
	ldr	x30, [x30, #240]
	eret

// A synchronous exception from below. x0 to x5 are on the stack.
from_below:
	stp	x0, x1, [sp, #-64]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	ldr	x2, =HEADER
	mrs	x1, esr_el3
	lsr	w1, w1, #26
	bic	w1, w1, #EC_64
	cmp	w1, #EC_SMC
	b.ne	end_call
	mrs	x0, elr_el3
	sub	x0, x0, #4
	find_slot
	cbz	x4, end_call
	ldr	x2, =STATE
	ldr	x3, [x2, #S_RESULT]
	ldr	x5, [x3, #R_ENTRIES]
	cbnz	x5, entered_before
	mrs	x5, esr_el2
	ubfx	x1, x5, #26, #6
	bic	x1, x1, #EC_64
	cmp	x1, #EC_HVC
	b.eq	1f
	cmp	x1, #EC_SMC
	b.ne	end_call
1:	mrs	x1, elr_el2			// of this instruction, not of one that it led to
	ldr	x4, [x2, #S_CALL]
	ldr	x4, [x4, #C_PC]
	sub	x4, x1, x4
	cmp	x4, #4
	b.hi	end_call
	str	x1, [x3, #R_ELR_EL2]
	str	x0, [x3, #R_VECTOR]
	str	x5, [x3, #R_ESR_EL2]
	mrs	x0, spsr_el2
	str	x0, [x3, #R_SPSR_EL2]
	mrs	x0, spsr_el3
	str	x0, [x3, #R_PSTATE]
	as_it_should_be
	mov	x0, #1
	str	x0, [x3, #R_ENTRIES]
	// The call may end at its instruction or behind it.
	ldr	x5, [x2, #S_CALL]
	ldr	x0, [x5, #C_PC]
	mov	x1, #8
	add	x4, x2, #S_SAVED
1:	sub	x1, x1, #2			// the MMU is off: nothing unaligned
	ldrh	w3, [x0, x1]
	strh	w3, [x4, x1]
	cbnz	x1, 1b
	ldr	w1, [x5, #C_LANDING]
	str	w1, [x2, #S_PATCHED]
	strh	w1, [x0]
	strh	w1, [x0, #4]
	lsr	w1, w1, #16
	strh	w1, [x0, #2]
	strh	w1, [x0, #6]
	ic	iallu
	dsb	sy
	ldr	x3, [x2, #S_RESULT]
	ldr	x0, [x3, #R_VECTOR]
	ldr	x2, =HEADER
	find_slot
	b	go_on

// The subject's code may run over its own vectors; an exception would have changed one of these
// three, as the call's own instruction is not there any more.
entered_before:
	mrs	x0, esr_el2
	ldr	x1, [x3, #R_ESR_EL2]
	cmp	x0, x1
	b.ne	nested
	mrs	x0, elr_el2
	ldr	x1, [x3, #R_ELR_EL2]
	cmp	x0, x1
	b.ne	nested
	mrs	x0, spsr_el2
	ldr	x1, [x3, #R_SPSR_EL2]
	cmp	x0, x1
	b.ne	nested
	add	x5, x5, #1
	str	x5, [x3, #R_ENTRIES]
	b	go_on

// An exception at EL2. Bit 0 of the slot: its code does more than park, so it may have an answer.
nested:
	tbz	x4, #0, end_call
	cmp	x5, #64
	b.hi	end_call
	add	x5, x5, #1
	str	x5, [x3, #R_ENTRIES]
	mrs	x0, spsr_el3
	as_it_should_be
go_on:
	bic	x4, x4, #1
	msr	elr_el3, x4
	isb
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp], #64
	eret

fiq_from_below:
	stp	x0, x1, [sp, #-64]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	ldr	x2, =STATE
	ldr	x3, [x2, #S_RESULT]
	mov	x0, #1
	str	x0, [x3, #R_FIQ]

end_call:
	msr	cntps_ctl_el1, xzr
	isb
	ldr	x2, =STATE
	ldr	x0, [x2, #S_RESULT]
	mrs	x1, elr_el3
	str	x1, [x0, #R_ELR]
	mrs	x1, spsr_el3
	str	x1, [x0, #R_SPSR]
	mrs	x1, esr_el3
	str	x1, [x0, #R_ESR]
	add	x0, x0, #R_X
	ldp	x4, x5, [sp, #32]
	stp	x4, x5, [x0, #32]
	ldp	x2, x3, [sp, #16]
	stp	x2, x3, [x0, #16]
	ldp	x2, x3, [sp], #64
	stp	x2, x3, [x0]
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0, #128]
	stp	x18, x19, [x0, #144]
	stp	x20, x21, [x0, #160]
	stp	x22, x23, [x0, #176]
	stp	x24, x25, [x0, #192]
	stp	x26, x27, [x0, #208]
	stp	x28, x29, [x0, #224]
	str	x30, [x0, #240]

// System registers, then memory: what differs from the copy is told and put back.
dump:
	mov	x0, #SCR_WORK			// registers of EL2 are there in the non-secure state
	msr	scr_el3, x0
	isb
	ldr	x27, =HEADER
	ldr	x28, =STATE
	ldr	x25, [x28, #S_RESULT]
	add	x19, x25, #R_REG
	mov	x20, #STUBS
	ldr	x21, [x27, #H_READS]
1:	blr	x20
	str	x0, [x19], #8
	add	x20, x20, #16
	subs	x21, x21, #1
	b.ne	1b

	ldr	w0, [x28, #S_PATCHED]
	cbz	w0, 2f
	ldr	x1, [x28, #S_CALL]
	ldr	x1, [x1, #C_PC]
	add	x2, x28, #S_SAVED
	mov	x3, #8
3:	sub	x3, x3, #2
	ldrh	w4, [x2, x3]
	strh	w4, [x1, x3]
	cbnz	x3, 3b
	ic	iallu
	dsb	sy
2:	ldr	x19, [x28, #S_CALL]
	ldr	x19, [x19, #C_RANGES]
	add	x20, x27, #H_RANGE
	ldr	x21, =PRISTINE
	add	x22, x25, #R_WORD
	mov	x23, #0
1:	cbz	x19, 9f
	ldp	x0, x1, [x20], #16
2:	ldp	x2, x3, [x0]
	ldp	x4, x5, [x21], #16
	cmp	x2, x4
	ccmp	x3, x5, #0, eq
	b.eq	8f
	cmp	x2, x4
	b.eq	4f
	cmp	x23, #WORDS_MAX
	b.hs	3f
	stp	x0, x2, [x22], #16
3:	add	x23, x23, #1
	str	x4, [x0]
4:	cmp	x3, x5
	b.eq	8f
	cmp	x23, #WORDS_MAX
	b.hs	5f
	add	x6, x0, #8
	stp	x6, x3, [x22], #16
5:	add	x23, x23, #1
	str	x5, [x0, #8]
8:	add	x0, x0, #16
	subs	x1, x1, #16
	b.hi	2b
	sub	x19, x19, #1
	b	1b
9:	str	x23, [x25, #R_WORDS]
	b	call_is_over

	.include "io.inc"

// An exception of this program itself, or an interrupt that nothing can have raised.
lost:	mov	x1, #END_LOST
	b	exit

	.ltorg

	.balign	0x800
el3_vectors:
	.rept	8
	b	lost
	.balign	0x80
	.endr
	.rept	2				// from AArch64 state and from AArch32
	b	from_below			// synchronous
	.balign	0x80
	b	lost
	.balign	0x80
	b	fiq_from_below
	.balign	0x80
	b	lost
	.balign	0x80
	.endr
// The stubs follow; an error here says that this program has become too large.
	.org	STUBS
