@ SPDX-License-Identifier: MIT
@
@ Jailhouse on 32-bit Arm, vectors of a running hypervisor. One immediate is served, r0 selects.
@
@	immediate	r0 in			r0 out
@	0x4a48 ("JH")	0 to 8			0
@			other			-38 (-ENOSYS)
@	other, 0 too	-			the CPU is parked
@
@ Every other register is kept, though clients declare r1 to r3 as lost. Boundaries, each spinning:
@ parked, other_trap (no HVC), hyp_panic (an exception in Hyp mode).
@
@ Source: siemens/jailhouse, hypervisor/arch/arm/entry.S, traps.c, include/asm/
@ jailhouse_hypercall.h; hypervisor/control.c; include/jailhouse/hypercall.h.
	.include "arm32.inc"
	.include "arm32/guest.inc"

	.equ	JAILHOUSE_HVC_CODE, 0x4a48
	.equ	ENOSYS, 38

	subject	"Jailhouse on arm32: 0x4A48 with r0, anything else parks the CPU"

	hyp_table call=hyp_panic, undef=hyp_panic, pabt=hyp_panic, dabt=hyp_panic

routine handle_trap
	enter
	hvc_only
	mov32	r1, JAILHOUSE_HVC_CODE
	cmp	lr, r1
	bne	parked
	cmp	r0, #8
	bls	hypercall
	answer	unknown, -ENOSYS
	answer	hypercall, 0
	boundary parked
	boundary other_trap
	spin	hyp_panic
