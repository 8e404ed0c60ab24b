#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# 0: holds, equal, done. 1: violates, differs. Values on the command line mean what help says.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

expect 0 help
expect 0 --help
expect 0 --version
says out 'Unicorn'
for command in list run map check diff; do
	expect 0 "$command" --help
	says out "usage: hvcheck $command"
	expect 0 help "$command"
	says out 'examples:'
done
expect 0 list
expect 0 list abis --no-color

expect 1 check linux-stub-3.8 --abi "$source/conformance/abi/linux-stub-4.7.yaml" --randoms 0
says out 'FAIL  linux-stub-3.8 against linux-stub-4.7'
# Without --abi a built-in is held to the ABI of its name.
expect 0 check linux-stub-3.8 --randoms 0 --quiet
[ ! -s out ] || complain '--quiet prints a report'

# run
expect 0 run linux-stub-4.12 --set x0=0 --set x1=0x4000018000 --abi linux-stub-4.12
says out 'conforms to rule set_vectors of linux-stub-4.12'
expect 1 run linux-stub-imm --set x0=0x1 --abi linux-stub-4.12
says out 'return, promised jump'
expect 0 run linux-stub-4.12 --imm 0xFFFF --set w0=-1 --set lr=7
says out 'hvc #0xffff from el1h'
expect 0 run linux-stub-4.12 --imm=65535 --set=x0=-1 --seed 9 --from el1t --trace
says out 'hvc #0xffff from el1t'
says out 'eret'
expect 0 run linux-stub-4.12 --set scr_el3=0x401
says out 'undefined'
expect 0 run broken-hang --set x0=3
says out 'spin'
# 32-bit code: nothing is proved, and what differs is found by calls.
expect 0 sequence linux-arm-stub-4.12 --randoms 60
expect 0 sequence linux-arm-stub-4.12-t32 --randoms 60 --quiet
expect 1 diff linux-arm-stub-4.12 linux-arm-stub-5.7 --insn hvc-a32
says out 'return, x0 := 0xbadca11, was return'
says out 'swept, not proved, for hvc-a32 from el1-svc'
finish
