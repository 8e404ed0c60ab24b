@ SPDX-License-Identifier: MIT
@
@ Xen on 32-bit Arm, release build, as a guest meets it. The immediate picks the convention.
@
@	immediate	selector	call				r0 out
@	0		r0		SMCCC, see below
@	0xea1		r12		a hypercall wired on Arm	0
@			r12		6, 16, 19 and every other	-38 (-ENOSYS)
@	other		-		Undefined is injected
@
@	SMCCC, r0				r0 out
@	SMCCC_VERSION, PSCI_VERSION		0x10002, 0x10001
@	HVC64 conventions and other		-1
@
@ Every register that is not named is kept. Boundaries, each spinning: other_trap (no HVC), hyp_panic
@ (an exception in Hyp mode).
@
@ Source: xen-project/xen c447b7308b, xen/arch/arm/arm32/entry.S, traps.c (do_trap_hypercall), vsmc.c.
	.include "arm32.inc"
	.include "arm32/guest.inc"

	.equ	XEN_HYPERCALL_TAG, 0xea1
	.equ	ENOSYS, 38

	subject	"Xen on arm32, release build: 0xEA1 with r12, #0 with r0, else Undefined"

	hyp_table call=hyp_panic, undef=hyp_panic, pabt=hyp_panic, dabt=hyp_panic

routine handle_trap
	enter
	hvc_only
	cmp	lr, #0
	beq	smccc
	mov32	r1, XEN_HYPERCALL_TAG
	cmp	lr, r1
	bne	inject_undefined
	on	r12, hypercall, 7, 12, 13, 17, 18, 20, 21, 24, 27, 29
	on	r12, hypercall, 32, 33, 34, 35, 36, 39, 41, 42
	answer	unknown, -ENOSYS
	answer	hypercall, 0

routine smccc
	on	r0, version, 0x80000000
	on	r0, psci_version, 0x84000000
	answer	not_supported, -1
	answer	version, 0x10002
	answer	psci_version, 0x10001

	inject_undefined_routine
	boundary other_trap
	spin	hyp_panic
