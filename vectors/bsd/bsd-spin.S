// SPDX-License-Identifier: MIT
//
// NetBSD and OpenBSD on arm64: the kernel drops to EL1 and leaves a table at EL2 whose sixteen
// slots branch to themselves. Whatever reaches EL2, by any immediate and with any registers,
// hangs that CPU.
//
// Source: NetBSD/src sys/arch/aarch64/aarch64/locore_el2.S; openbsd/src d14bc644,
// sys/arch/arm64/arm64/locore.S.
	.include "macros.inc"
	.include "trap.inc"

	subject	"NetBSD and OpenBSD on arm64: every HVC hangs the CPU"

	trap_table lower64=slot_lower64_sync
