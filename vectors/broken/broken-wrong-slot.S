// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the handler is in the slot for callers in AArch32 state, 0x600; the one for
// AArch64, 0x400, spins.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	set_vectors: outcome
//		first: HVC #0 from EL1h, x0=0 (spin)
//	soft_restart: outcome
//		first: HVC #0 from EL1h, x0=1 (spin)
//	reset_vectors: outcome
//		first: HVC #0 from EL1h, x0=2 (spin)
//	unknown: outcome
//		first: HVC #0 from EL1h, x0=3 (spin)
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, its handler in slot 0x600"

	stub_table lower64=spin_lower32_sync, lower32=handle_sync

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	ldr	x0, =HVC_STUB_ERR
	eret

1:	msr	vbar_el2, x1
	b	3f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mov	x0, xzr
	eret
