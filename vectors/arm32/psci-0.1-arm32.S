@ SPDX-License-Identifier: MIT
@
@ PSCI 0.1 over HVC #0 in Hyp mode, with the numbers that KVM, QEMU, U-Boot, Xvisor and Jailhouse
@ share.
@
@	r0 in					r0 out
@	0x95c1ba5e CPU_SUSPEND			0
@	0x95c1ba5f CPU_OFF			never returns
@	0x95c1ba60 CPU_ON			0
@	0x95c1ba61 MIGRATE			0
@	other					-1
@
@ Every other register is kept. An immediate other than 0 gets -1. Boundaries: psci_off, and
@ other_trap for what is no HVC.
@
@ Source: Arm DEN0022A (PSCI 0.1); Linux arch/arm/include/uapi/asm/kvm.h (KVM_PSCI_FN_BASE).
	.include "arm32.inc"
	.include "arm32/guest.inc"

	subject	"PSCI 0.1 in Hyp mode over HVC #0"

	hyp_table

routine handle_trap
	enter
	hvc_only
	cmp	lr, #0
	bne	not_supported
	on	r0, success, 0x95c1ba5e, 0x95c1ba60, 0x95c1ba61
	on	r0, psci_off, 0x95c1ba5f
	answer	not_supported, -1
	answer	success, 0
	boundary psci_off
	boundary other_trap
