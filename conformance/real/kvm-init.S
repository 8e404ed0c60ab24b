// SPDX-License-Identifier: MIT
//
// The init of a guest whose kernel shall have KVM's EL2 in place: it makes a virtual machine, says
// whether that worked, and sleeps. Numbers: Linux include/uapi/asm-generic/unistd.h, linux/kvm.h.
	.equ	SYS_ioctl, 29
	.equ	SYS_mount, 40
	.equ	SYS_openat, 56
	.equ	SYS_write, 64
	.equ	SYS_ppoll, 73
	.equ	AT_FDCWD, -100
	.equ	O_RDWR, 2
	.equ	KVM_CREATE_VM, 0xae01

.macro system number
	mov	x8, #\number
	svc	#0
.endm

	.global	_start
_start:
	adr	x0, devtmpfs
	adr	x1, dev
	adr	x2, devtmpfs
	mov	x3, xzr
	mov	x4, xzr
	system	SYS_mount
	mov	x0, #AT_FDCWD
	adr	x1, dev_kvm
	mov	x2, #O_RDWR
	mov	x3, xzr
	system	SYS_openat
	mov	x1, #KVM_CREATE_VM
	mov	x2, xzr
	system	SYS_ioctl
	cmp	x0, xzr
	adr	x1, made
	adr	x2, not_made
	csel	x1, x1, x2, ge
	mov	x0, #1
	mov	x2, #(not_made - made)
	system	SYS_write
1:	mov	x0, xzr
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	system	SYS_ppoll
	b	1b

devtmpfs:
	.asciz	"devtmpfs"
dev:
	.asciz	"/dev"
dev_kvm:
	.asciz	"/dev/kvm"
made:
	.ascii	"a VM is there\n"
not_made:
	.ascii	"there is no VM"
