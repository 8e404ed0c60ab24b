// SPDX-License-Identifier: MIT
// WRONG: PSCI_VERSION, which is at HVC #0, is asked for at another immediate.
	.text
	.global	version
	.type	version, %function
version:
	mov	w0, #0x84000000
	mov	x1, #0
	hvc	#1
	ret
	.size	version, . - version
