// SPDX-License-Identifier: MIT
// PSCI_VERSION at HVC #0.
	.text
	.global	version
	.type	version, %function
version:
	mov	w0, #0x84000000
	mov	x1, #0
	hvc	#0
	ret
	.size	version, . - version
