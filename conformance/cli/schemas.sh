#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every JSON document is what its published schema says, those kept here and those made now.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"
command -v python3 >/dev/null || { echo 'skipped: no python3'; exit 77; }

count=0
make() { # STATUS ARGUMENT...: a document of its own
	local expected=$1
	shift
	count=$((count + 1))
	run "$@" --report "json=made-$count.json" -q
	[ "$status" = "$expected" ] || complain "'hvcheck $*': status $status, not $expected: $(cat err)"
}
plain() { # STATUS ARGUMENT...: of a command with one report
	local expected=$1
	shift
	count=$((count + 1))
	run "$@" --format json -o "made-$count.json"
	[ "$status" = "$expected" ] || complain "'hvcheck $*': status $status, not $expected: $(cat err)"
}

plain 0 list
plain 0 list abis
plain 0 list subjects
plain 0 list rules
plain 0 list known
plain 0 list known --imm 0x6000
plain 0 list known --imm 0x7777
plain 0 list known --fid 0xc6000001
plain 0 run linux-stub-4.12 --set x0=0 --trace --abi linux-stub-4.12
plain 1 run linux-stub-imm --set x0=1 --abi linux-stub-4.12
plain 0 run linux-stub-4.12 --set x0=1
plain 0 run linux-stub-4.12 --set x0=7 --insn smc
plain 0 run broken-store --set x0=3
plain 0 run linux-stub-imm --imm 4 --set x0=0x400001bfff
plain 0 run linux-stub-imm --imm 4 --set x0=0x80000000 --map-on-demand
plain 0 run linux-stub-4.12 --set x0=0 --stop-at "$(printf '0x%x' 0x40000000)"
plain 0 run linux-kvm-6.1
plain 0 run xen-arm32 --from el2-hyp
plain 0 history linux-kvm
plain 1 run linux-stub-4.7 --and linux-stub-4.12 --set x0=1
make 0 map linux-stub-imm --brief
make 0 map linux-stub-4.7 --brief --contract
make 0 map kvm-guest --brief --tree
make 0 map kvm-guest-old --brief --from el1-svc --insn hvc-t32
make 1 check broken-single-imm --abi linux-stub-imm --brief --from el1h --insn hvc
make 1 check broken-leak-simd --abi linux-stub-4.12 --contract --brief --from el1h --insn hvc
make 1 diff linux-stub-imm linux-stub-4.7 --brief
make 1 diff linux-stub-3.8 linux-stub-4.7 --contract --brief
make 0 diff linux-stub-3.8 linux-stub-3.8 --brief
make 1 diff --abi linux-stub-4.7 linux-stub-4.12
make 1 diff --abi xen xen-debug
make 0 diff --abi xen xen
make 1 leaks broken-leak-branch --abi linux-stub-4.12 --imm 0 --insn hvc
make 1 leaks broken-leak-memory --imm 0
make 1 safety broken-vbar-unknown --abi linux-stub-4.12 --brief --from el1h --insn hvc
make 1 sequence broken-seq-stale-get --abi linux-stub-4.7
make 1 sequence broken-seq-set-once --abi linux-stub-4.12
make 0 sequence linux-stub-6.0
make 1 collide xen gunyah smccc-1.1
make 0 collide xen jailhouse
plain 0 scan zircon-init
plain 0 scan linux-kvm-6.1
# Of 32 bits.
make 0 map linux-arm-stub-4.12 --insn hvc-t32
make 1 check broken-arm32-signed --abi linux-arm-stub-4.12 --brief --insn hvc-a32
make 1 safety broken-arm32-stack --abi linux-arm-stub-4.12 --insn hvc-a32
make 0 leaks linux-arm-stub-4.12 --abi linux-arm-stub-4.12 --insn hvc-a32
make 1 diff linux-arm-stub-4.12 linux-arm-stub-5.7 --insn hvc-a32
make 0 sequence linux-arm-stub-4.12
plain 0 scan linux-arm-stub-4.12
plain 0 run linux-arm-stub-4.12 --and linux-arm-stub-4.12-t32 --set x0=2 --insn hvc-t32
# mov x0, #2; hvc #0; ret: a reset
printf "\x40\x00\x80\xd2\x02\x00\x00\xd4\xc0\x03\x5f\xd6" >good.bin
make 0 callers good.bin --abi linux-stub-4.12 --site "#0"
# mov x0, #7; hvc #0; ret: no call of a stub
printf '\xe0\x00\x80\xd2\x02\x00\x00\xd4\xc0\x03\x5f\xd6' >caller.bin
make 1 callers caller.bin --abi linux-stub-4.12 --site '#0'
printf 'suppressions:\n  - {rule: check-preserve, reason: a, owner: b, expires: 2999-12-31}\n' >s.yaml
make 0 check broken-single-imm --abi linux-stub-imm --brief --from el1h --insn hvc --suppress s.yaml

"$source/conformance/cli/schemas.py" "$source/emu/report/schema" made-*.json \
	"$source"/conformance/golden/*.json
status=$?
[ "$status" != 77 ] || exit 77
[ "$status" = 0 ] || complain 'documents and schemas do not agree'
finish
