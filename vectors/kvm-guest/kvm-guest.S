// SPDX-License-Identifier: MIT
//
// Linux KVM on arm64 as a guest sees it, with SMCCC 1.1 and PSCI 1.1. The immediate is not looked
// at; w0 selects, bits 63:32 of x0 do not matter. A result is always all of x0 to x3.
//
//	w0 in					x0 out
//	WORKAROUND_1, _2, _3			0; x1 := 0, x2 and x3 kept: at EL2, without KVM
//	SMCCC_VERSION, PSCI_VERSION		0x10001, 0x10001
//	ARCH_FEATURES, PSCI_FEATURES of w1	0 or -1
//	CPU_SUSPEND, CPU_ON, AFFINITY_INFO	0
//	MIGRATE_INFO_TYPE			2
//	SYSTEM_RESET2				0
//	CPU_OFF, SYSTEM_OFF, SYSTEM_RESET	never returns
//	0x84000050-53, 0xc4000053		TRNG: 0
//	0xc5000020, 0xc5000021			paravirtual time: 0
//	0x8600ff01				UID in x0-x3
//	0x86000000, 0x86000001			vendor features, PTP clock: 0
//	0xc6000002-0xc600000b			protected guests, Android's too: 0
//	0xc6000040, 0xc6000041			implementation CPUs: 0
//	other					-1, all 64 bits
//
// But for the workarounds, x1 to x3 are zero where nothing else is said, after an unknown call
// too. Every other register is kept. A trapped SMC is decoded in the same way if its immediate
// is zero, else x0 := -1; either way the guest goes on behind it. A guest in AArch32 state is
// answered alike. Boundaries: psci_off,
// other_trap (neither HVC nor SMC), hyp_panic (an exception at EL2).
//
// Source: Linux 6.x, arch/arm64/kvm/handle_exit.c, hypercalls.c, psci.c, trng.c, pvtime.c,
// hyp/hyp-entry.S, hyp/nvhe/pkvm.c; include/linux/arm-smccc.h.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"

	.equ	TRNG_VERSION, 0x84000050
	.equ	TRNG_FEATURES, 0x84000051
	.equ	TRNG_GET_UUID, 0x84000052
	.equ	TRNG_RND_32, 0x84000053
	.equ	TRNG_RND_64, 0xc4000053
	.equ	PV_TIME_FEATURES, 0xc5000020
	.equ	PV_TIME_ST, 0xc5000021
	.equ	KVM_UID, 0x8600ff01
	.equ	KVM_FEATURES, 0x86000000
	.equ	KVM_PTP, 0x86000001
	.equ	PKVM_HYP_MEMINFO, 0xc6000002
	.equ	PKVM_MEM_SHARE, 0xc6000003
	.equ	PKVM_MEM_UNSHARE, 0xc6000004
	.equ	PKVM_MMIO_GUARD_INFO, 0xc6000005
	.equ	PKVM_MMIO_GUARD_ENROLL, 0xc6000006
	.equ	PKVM_MMIO_GUARD_MAP, 0xc6000007
	.equ	PKVM_MMIO_GUARD_UNMAP, 0xc6000008
	.equ	PKVM_MEM_RELINQUISH, 0xc6000009	// this and the next two: Android
	.equ	PKVM_MMIO_RGUARD_MAP, 0xc600000a
	.equ	PKVM_MMIO_RGUARD_UNMAP, 0xc600000b
	.equ	KVM_DISCOVER_IMPL_VER, 0xc6000040
	.equ	KVM_DISCOVER_IMPL_CPUS, 0xc6000041

.macro kvm_psci apply:req, reg:req, to:req
	\apply	\reg, \to, PSCI_CPU_SUSPEND_32, PSCI_CPU_SUSPEND_64
	\apply	\reg, \to, PSCI_CPU_ON_32, PSCI_CPU_ON_64
	\apply	\reg, \to, PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64
	\apply	\reg, \to, PSCI_SYSTEM_RESET2_32, PSCI_SYSTEM_RESET2_64
.endm

.macro kvm_psci_no_return apply:req, reg:req, to:req
	\apply	\reg, \to, PSCI_CPU_OFF, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET
.endm

	subject	"Linux KVM as an arm64 guest sees it: any immediate, w0, unknown is -1"

	trap_table lower64=handle_trap, lower32=handle_trap32, el2t=hyp_panic, el2h=hyp_panic

// The workarounds never leave the assembly at EL2.
routine handle_trap
	enter
	hvc64_only not_hvc
.Lguest_hvc:
	on_w	w0, workaround, SMCCC_ARCH_WORKAROUND_1, SMCCC_ARCH_WORKAROUND_2
	on_w	w0, workaround, SMCCC_ARCH_WORKAROUND_3

routine smccc
	on_w	w0, smccc_version, SMCCC_VERSION
	on_w	w0, arch_features, SMCCC_ARCH_FEATURES
	on_w	w0, psci_version, PSCI_VERSION
	on_w	w0, psci_features, PSCI_FEATURES
	on_w	w0, migrate_info_type, PSCI_MIGRATE_INFO_TYPE
	kvm_psci_no_return on_w, w0, psci_off
	kvm_psci	on_w, w0, success
	on_w	w0, success, TRNG_VERSION, TRNG_FEATURES, TRNG_GET_UUID
	on_w	w0, success, TRNG_RND_32, TRNG_RND_64
	on_w	w0, success, PV_TIME_FEATURES, PV_TIME_ST
	on_w	w0, kvm_uid, KVM_UID
	on_w	w0, success, KVM_FEATURES, KVM_PTP
	on_w	w0, success, PKVM_HYP_MEMINFO, PKVM_MEM_SHARE, PKVM_MEM_UNSHARE
	on_w	w0, success, PKVM_MMIO_GUARD_INFO, PKVM_MMIO_GUARD_ENROLL
	on_w	w0, success, PKVM_MMIO_GUARD_MAP, PKVM_MMIO_GUARD_UNMAP
	on_w	w0, success, PKVM_MEM_RELINQUISH
	on_w	w0, success, PKVM_MMIO_RGUARD_MAP, PKVM_MMIO_RGUARD_UNMAP
	on_w	w0, success, KVM_DISCOVER_IMPL_VER, KVM_DISCOVER_IMPL_CPUS

routine not_supported
	mov	x0, #SMCCC_NOT_SUPPORTED
	b	done

routine success
	mov	x0, xzr

routine done
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	leave

routine smccc_version
	mov32	x0, 0x10001
	b	done

routine arch_features
	on_w	w1, success, SMCCC_ARCH_WORKAROUND_1, SMCCC_ARCH_WORKAROUND_2
	on_w	w1, success, SMCCC_ARCH_WORKAROUND_3, PV_TIME_FEATURES
	b	not_supported

routine psci_version
	mov32	x0, 0x10001
	b	done

routine psci_features
	on_w	w1, success, SMCCC_VERSION, PSCI_VERSION, PSCI_FEATURES
	on_w	w1, success, PSCI_MIGRATE_INFO_TYPE
	kvm_psci_no_return on_w, w1, success
	kvm_psci	on_w, w1, success
	b	not_supported

routine migrate_info_type
	mov	x0, #PSCI_TOS_NOT_PRESENT
	b	done

// 28b46fb6-2ec5-11e9-a9ca-4b564d003a74, four bytes a register, the first lowest.
routine kvm_uid
	mov32	x0, 0xb66fb428
	mov32	x1, 0xe911c52e
	mov32	x2, 0x564bcaa9
	mov32	x3, 0x743a004d
	leave

routine workaround
	mov	x0, xzr
	mov	x1, xzr
	leave

// ELR_EL2 is the trapped instruction itself.
routine not_hvc
	cmp	x30, #ESR_ELx_EC_SMC64
	b.ne	other_trap
	mrs	x30, elr_el2
	add	x30, x30, #4
	msr	elr_el2, x30
	get_iss
	cbz	x29, smccc
	answer	smc_refused, SMCCC_NOT_SUPPORTED

	boundary	psci_off
	boundary	other_trap
	spin	hyp_panic

// A guest in AArch32 state. Of its SMCs nobody is told the immediate.
routine handle_trap32
	enter
	hvc32_only not_hvc32
	b	.Lguest_hvc

routine not_hvc32
	cmp	x30, #ESR_ELx_EC_SMC32
	b.ne	other_trap
	mrs	x30, elr_el2
	add	x30, x30, #4
	msr	elr_el2, x30
	b	smccc
