#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scan says which shipped specification a table keeps, or comes nearest to; and a file that names no
# table is taken at the one that fits. The variants are copied without their names.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
variants=$(realpath "$2")
. "$source/conformance/cli/common.sh"

# Without section headers, and so without symbols.
bare() { # VARIANT
	cp "$variants/$1.elf" "$1.elf"
	printf '\0\0\0\0\0\0\0\0' | dd of="$1.elf" bs=1 seek=40 conv=notrunc status=none
	printf '\0\0' | dd of="$1.elf" bs=1 seek=60 conv=notrunc status=none
}

for variant in linux-stub-4.7 linux-stub-6.0 linux-trans-pgd-5.17 jailhouse bao xvisor hafnium prtos; do
	bare $variant
	expect 0 scan $variant.elf
	says out "conforms to $variant"
done
# The command below a table is ready to be run.
command=$(sed -n 's/^ *hvcheck \(check .*\)/\1/p' out)
# shellcheck disable=SC2086 # words of the command
expect 0 ${command:-none}
# Wrong in one place each.
bare broken-nzcv
expect 0 scan broken-nzcv.elf
says out 'nearest: linux-stub-4.7, 1 of 5 rules differ'
bare broken-jailhouse-imm
expect 0 scan broken-jailhouse-imm.elf --format json
tr -d ' \n' <out | grep -q '"fits":{"abi":"jailhouse","rules":11,"differ":1,"proved":true,"by":"calls"}' ||
	complain "broken-jailhouse-imm: $(grep -A5 fits out)"
# Near to nothing.
bare broken-ec-wrong
expect 0 scan broken-ec-wrong.elf
! grep -Eq 'conforms to|nearest:|perhaps' out || complain "broken-ec-wrong: $(cat out)"
# Then a function that one hypervisor alone has says whose it is.
printf '0000000040000100 T vmm_scheduler_current_vcpu\n' >System.map
expect 0 scan broken-ec-wrong.elf --symbols System.map
says out 'Xvisor    perhaps xvisor, by its code: no call shows it'
says out ', beside vmm_scheduler_current_vcpu'
says out 'hvcheck check broken-ec-wrong.elf@0x40000000 --abi xvisor'

taking() { # STATUS WHICH ARGUMENT...
	local expected=$1 which=$2
	shift 2
	run "$@"
	[ "$status" = "$expected" ] || complain "'hvcheck $*': status $status, $(cat err)"
	says err "taking $which"
}
taking 0 'linux-stub-6.0.elf@0x40000000, which conforms to linux-stub-6.0' check linux-stub-6.0.elf --brief
says err "no --abi; checking against 'linux-stub-6.0'"
says out 'PASS  linux-stub-6.0.elf against linux-stub-6.0'
taking 0 'linux-stub-4.7.elf@0x40000000, which conforms to linux-stub-4.7' map linux-stub-4.7.elf --brief
taking 1 'broken-nzcv.elf@0x40000000, which is nearest to linux-stub-4.7' check broken-nzcv.elf --brief
taking 0 'bao.elf@0x40000000, which conforms to bao' check bao.elf --abi bao --brief
taking 1 'bao.elf@0x40000000, the only one' check bao.elf --abi linux-stub-4.7 --brief

# Of two tables the one that fits.
dd if="$variants/linux-stub-4.7.elf" of=two bs=4096 skip=1 count=1 status=none
truncate -s 4096 two
dd if="$variants/bao.elf" bs=4096 skip=1 count=1 status=none >>two
truncate -s 8192 two
taking 0 'two@0x40001000, which conforms to bao' check two --abi bao --brief
taking 0 'two@0x40000000, which conforms to linux-stub-4.7' check two --abi linux-stub-4.7 --brief
expect 2 check two --abi xen --brief
says err '2 vector tables, and none that fits xen'
head -c 8192 /dev/zero >nothing
expect 2 map nothing
finish
