// SPDX-License-Identifier: MIT
//
// Wrong on purpose: HVC_STUB_HCALL_NR is one short, as if call 3 of the stub had never been
// added, so x0 = 3 is an unknown function instead of a stub call that KVM refuses.
//
// Judged by linux-kvm-6.1, this must be reported:
//
//	stub_error: result of x0
//		first: HVC #0 from EL1h, x0=3
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/calls.inc"
	.include "linux/kvm-stub.inc"
	.include "linux/kvm-host.inc"

	.equ	HVC_STUB_HCALL_NR, 3	// 4 it should be

	subject	"Broken: the 6.1 KVM host vectors, HVC_STUB_HCALL_NR off by one"

	host_table lower32=handle_sync
	host_sync HVC_STUB_HCALL_NR
	host_functions last=22
	kvm_stub_calls
