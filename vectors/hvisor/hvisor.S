// SPDX-License-Identifier: MIT
//
// hvisor on arm64. Clients use immediate 0x4856 ("HV"), which the hypervisor does not look at; x0
// selects, all 64 bits.
//
//	x0 in			x0 out
//	0 VIRTIO_INIT		0
//	1 VIRTIO_INJECT_IRQ	0
//	2 ZONE_START		0
//	3 ZONE_SHUTDOWN		0
//	4 ZONE_LIST		0
//	5 IVC_INFO		0
//	6 CONFIG_CHECK		0
//	20 CLEAR_INJECT_IRQ	0
//	86 VIRTIO_GET_IRQ	0
//	other			0, too: an unknown call reports success
//
// Every other register is kept. Boundaries: other_trap (no HVC from AArch64; an SMC, which is
// where PSCI is, among them), hyp_panic (an exception at EL2, where hvisor spins).
//
// Source: syswonder/hvisor 6a3fb78, src/arch/aarch64/trap.rs, src/hypercall/mod.rs;
// syswonder/hvisor-tool c724e91, include/def.h.
	.include "macros.inc"
	.include "trap.inc"

	subject	"hvisor on arm64: any immediate, x0, unknown calls give 0 too"

	trap_table lower64=handle_trap, lower32=handle_trap, el2t=hyp_panic, el2h=hyp_panic

routine handle_trap
	enter
	hvc64_only
	on_x	x0, hypercall, 0, 1, 2, 3, 4, 5, 6, 20, 86

	answer	unknown, 0
	answer	hypercall, 0
	boundary	other_trap
	spin	hyp_panic
