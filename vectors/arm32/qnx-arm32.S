@ SPDX-License-Identifier: MIT
@
@ What the hypervisor that QNX's ARMv7 startup callouts speak to does, as far as their callers show
@ it; nobody outside has read its handler.
@
@	immediate	in			out
@	0x1234		-			the domain is rebooted: never returns
@	0x764d ("vM")	r12 = 18, r0 = 2 PUTC	r0 = 0 when r1 has been put
@			r12 = 18, r0 = 3 GETC	r0 = -1, no character
@	other		-			r0 = -1
@
@ Every other register is kept. Boundaries, each spinning: domain_reboot, other_trap (no HVC).
@
@ Source: hejunbok/ChangAn-QNX, startup/lib/arm/callout_debug_hvc.S, callout_reboot_hvc.S.
	.include "arm32.inc"
	.include "arm32/guest.inc"

	subject	"QNX ARMv7 callouts: 0x1234 reboots, 0x764D with r12 = 18 is the console"

	hyp_table

routine handle_trap
	enter
	hvc_only
	on	lr, domain_reboot, 0x1234
	mov32	r1, 0x764d
	cmp	lr, r1
	bne	unknown
	cmp	r12, #18
	bne	unknown
	cmp	r0, #2
	beq	put
	answer	unknown, -1
	answer	put, 0
	boundary domain_reboot
	boundary other_trap
