#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run --engine qemu: what it says, what it refuses, and that it is missed when it is not there.
. "$(dirname "$(realpath "$0")")/common.sh"

(PATH=$work && "$hvcheck" run linux-stub-4.12 --engine qemu >out 2>err)
[ $? = 2 ] || complain 'no status 2 without QEMU'
says err 'no qemu-system-aarch64 in PATH'
expect 2 run linux-stub-4.12 --engine bochs
says err 'not an engine'
expect 2 run linux-stub-4.12 --engine qemu --trace
expect 0 run linux-stub-4.12 --engine unicorn
if ! command -v qemu-system-aarch64 >/dev/null; then
	[ "$failures" = 0 ] || exit 1
	echo 'skipped: no qemu-system-aarch64 (Debian: apt-get install qemu-system-arm)'
	exit 77
fi

expect 0 run linux-stub-4.12 --engine qemu --set x0=0 --set x1=0x4000018000 --abi linux-stub-4.12
says out 'engine        QEMU emulator version'
says out 'agrees with   Unicorn'
says out 'conforms to rule set_vectors'
says out 'vbar_el2         0x40000000  0x4000018000  x1'
expect 1 run linux-stub-imm --engine qemu --set x0=0x1 --abi linux-stub-4.12
says out 'agrees with'
expect 0 run linux-stub-4.12 --engine qemu --imm 0x1234 --from el2h --set x0=77
says out 'agrees with'
expect 0 run broken-hang --engine qemu --set x0=3
says out 'spin'
expect 0 run linux-stub-4.12 --engine qemu --set scr_el3=0x431
says out 'undefined'
expect 2 run linux-stub-4.12 --engine qemu --set scr_el3=0x530
for option in --stop-at=0x40000000 --stub=0x40000000=0 --map-on-demand; do
	expect 2 run linux-stub-4.12 --engine qemu "$option"
	says err 'qemu knows no boundary'
done
expect 0 run linux-stub-4.12 --engine qemu --format json
says out '"disagreements": 0'
# The address width of CPU model max is QEMU's own: the two differ, and the exit status says so.
expect 1 run linux-kvm-init-5.10 --engine qemu --cpu max --set x0=0xc6000000 --set x1=0x400005b000
says out 'differs from  Unicorn'
says out 'tcr_el2 is 0x'
finish
