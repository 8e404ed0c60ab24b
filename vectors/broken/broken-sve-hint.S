// SPDX-License-Identifier: MIT
//
// Wrong on purpose: bit 16 of the function number, by which a caller says that it does not use
// SVE, is not taken out before the number is looked up.
//
// Judged by linux-kvm-6.19, this must be reported:
//
//	pkvm_init (and every other function): result of x0
//		first: HVC #0 from EL1h, x0=0xc6010001
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-host.inc"

	.equ	HVC_STUB_HCALL_NR, 5

	subject	"Broken: the 6.19 KVM host vectors, not ignoring the SVE hint"

	host_table lower32=handle_sync
	host_sync HVC_STUB_HCALL_NR
	host_functions last=34
	kvm_stub_calls
