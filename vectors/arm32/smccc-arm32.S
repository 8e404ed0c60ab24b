@ SPDX-License-Identifier: MIT
@
@ A callee of SMCCC 1.1 over HVC #0 in Hyp mode, with PSCI 1.1. r0 selects.
@
@	r0 in					r0 out
@	0x80000000 SMCCC_VERSION		0x10001
@	0x80000001 SMCCC_ARCH_FEATURES		0 if r1 is one of these two, else -1
@	0x84000000 PSCI_VERSION			0x10001
@	0x8400000a PSCI_FEATURES		0 if r1 is SMCCC_VERSION or a PSCI call, else -1
@	0x84000002, 08, 09			CPU_OFF, SYSTEM_OFF, SYSTEM_RESET: never returns
@	other PSCI 1.1 calls			0
@	other, all of SMC64 too			-1
@
@ Every other register is kept. An immediate other than 0 gets -1. Boundaries: power_down, and
@ other_trap for what is no HVC.
@
@ Source: Arm DEN0028 (SMC Calling Convention) 1.1 as implemented by ARM-software/
@ arm-trusted-firmware include/lib/smccc.h and include/lib/psci/psci.h.
	.include "arm32.inc"
	.include "arm32/guest.inc"

	subject	"SMCCC 1.1 callee in Hyp mode over HVC #0, with PSCI 1.1"

	hyp_table

routine handle_trap
	enter
	hvc_only
	cmp	lr, #0
	bne	not_supported
	on	r0, version, 0x80000000, 0x84000000
	on	r0, arch_features, 0x80000001
	on	r0, psci_features, 0x8400000a
	on	r0, power_down, 0x84000002, 0x84000008, 0x84000009
	on	r0, psci_type, 0x84000006
	sub	r1, r0, #0x84000000
	cmp	r1, #0x14
	bls	success
	answer	not_supported, -1
	answer	success, 0
	answer	version, 0x10001
	answer	psci_type, 2

routine arch_features
	mov	lr, r0
	ldr	r0, [sp]		@ r1 of the caller
	on	r0, success, 0x80000000, 0x80000001
	b	not_supported

routine psci_features
	ldr	r0, [sp]
	on	r0, success, 0x80000000
	sub	r1, r0, #0x84000000
	cmp	r1, #0x14
	bls	success
	b	not_supported

	boundary power_down
	boundary other_trap
