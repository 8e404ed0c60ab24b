// SPDX-License-Identifier: MIT
//
// The instructions that compilers choose at -O2 where a handler is written in C: a frame with the
// call's registers, a dense switch by a table of bytes, a sparse one by halves, structures cleared
// and copied by FP/SIMD pairs, bits counted there, division by a multiplication, tail calls. Of FP/SIMD, q8 to q15 stay.
	.include "subject.inc"

	.equ	FRAME, 10 * 16

routine handle
	sub	sp, sp, #FRAME
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16
	stp	x\n, x\n, [sp, #8 * \n]		// both, then the odd one
	.endr
	str	x1, [sp, #8]
	str	x3, [sp, #24]
	str	x5, [sp, #40]
	stp	x17, x18, [sp, #136]
	str	x30, [sp, #152]
	mov	x0, sp
	bl	dispatch
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldr	x6, [sp, #48]
	ldr	x8, [sp, #64]
	ldr	x10, [sp, #80]
	ldr	x12, [sp, #96]
	ldr	x14, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x30, [sp, #144]
	add	sp, sp, #FRAME
	eret

// void dispatch(u64 *regs)
routine dispatch
	hint	#34				// bti c
	stp	x29, x30, [sp, #-32]!
	mov	x29, sp
	str	x19, [sp, #16]
	mov	x19, x0
	ldr	w8, [x0]
	cmp	w8, #6
	b.hi	sparse
	adr	x9, dense
	adrp	x10, places
	add	x10, x10, :lo12:places
	ldrb	w11, [x10, w8, uxtw]
	add	x9, x9, x11, lsl #2
	br	x9
dense:
	ldp	x0, x1, [x19, #8]		// 0: bits of x1 and x2
	bl	count
	b	done
1:	ldp	x8, x9, [x19, #8]		// 1: the greater of x1 and x2, as signed ones
	cmp	x8, x9
	csel	x0, x8, x9, gt
	b	done
2:	ldr	w8, [x19, #8]			// 2: w1 / 10 and what is left
	mov	w9, #0xcccd
	movk	w9, #0xcccc, lsl #16
	umull	x9, w8, w9
	lsr	x9, x9, #35
	mov	w10, #10
	msub	w8, w9, w10, w8
	orr	x0, x9, x8, lsl #32
	b	done
3:	ldr	x8, [x19, #8]			// 3: a structure of four, turned round and added
	ldr	x9, [x19, #16]
	mov	x0, sp
	bl	structure
	b	done
4:	mov	w0, #0				// 4, 6: a bit field of x1, signed
	ldr	x8, [x19, #8]
	sbfx	x0, x8, #4, #12
	b	done
5:	ldr	x8, [x19, #8]			// 5: the place of the lowest bit of x1, or 64
	rbit	x8, x8
	clz	x0, x8
	b	done

sparse:
	mov	w9, #0x84000000
	sub	w10, w8, w9
	cmp	w10, #1
	b.hi	7f
	mov	w0, #0x10001			// 0x84000000, 0x84000001
	b	done
7:	mov	w9, #0xff01
	movk	w9, #0x8600, lsl #16
	cmp	w8, w9
	b.eq	8f
	mov	w9, #0x1234
	cmp	w8, w9
	.ifdef	FAULT
	b.hs	9f
	.else
	b.eq	9f
	.endif
	mov	x0, #-1
	b	done
8:	ldr	x8, [x19, #8]			// 0x8600ff01: |x1|
	cmp	x8, #0
	cneg	x0, x8, lt
	b	done
9:	ldr	x8, [x19, #8]			// 0x1234: 10 * x1
	add	x8, x8, x8, lsl #2
	lsl	x0, x8, #1
done:
	str	x0, [x19]
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret

routine count
	fmov	d0, x0
	fmov	d1, x1
	mov	v0.d[1], v1.d[0]
	cnt	v0.16b, v0.16b
	uaddlv	h0, v0.16b
	fmov	w0, s0
	ret

// 64 bytes below the frame: cleared, x8 and x9 put in, copied in reverse, and added up.
routine structure
	sub	sp, sp, #64
	movi	v0.2d, #0
	stp	q0, q0, [sp]
	stp	x8, x9, [sp, #8]
	ldp	q1, q2, [sp]
	ext	v1.16b, v1.16b, v1.16b, #8
	ext	v2.16b, v2.16b, v2.16b, #8
	stp	q2, q1, [sp, #32]
	ldp	q0, q1, [sp, #32]
	add	v0.2d, v0.2d, v1.2d
	addp	d0, v0.2d
	add	sp, sp, #64
	fmov	x8, d0
	b	copied

routine copied
	mov	x0, x8
	ret

	.balign	4
places:
	.byte	0
	.byte	(1b - dense) / 4
	.byte	(2b - dense) / 4
	.byte	(3b - dense) / 4
	.byte	(4b - dense) / 4
	.byte	(5b - dense) / 4
	.byte	(4b - dense) / 4
