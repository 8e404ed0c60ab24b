#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What compares specifications, and the registry, run no code and say by their status what they found.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

says() { # TEXT: the report holds it
	grep -qF -- "$1" out || complain "no '$1' in the report"
}

expect 0 list known
expect 0 list known --imm 0x6000
says 'Gunyah'
says 'hypervisor_identify'
expect 0 list known --imm 0x7777
says 'unclaimed'
expect 0 list known --fid 0xc6000022
says 'NVIDIA'
expect 2 list known --imm 65536
expect 2 list known --fid 0x100000000
expect 2 list abis --imm 0
expect 2 list nothing

expect 0 collide xen jailhouse
expect 1 collide linux-stub-4.7 linux-stub-4.12
says 'soft_restart'
expect 1 collide linux-stub-4.7
expect 2 collide linux-stub-4.7 nothing
expect 1 collide linux-stub-4.7 linux-stub-4.12 --format markdown
expect 2 collide linux-stub-4.7 linux-stub-4.12 --format map
expect 1 collide linux-stub-4.7 linux-stub-4.12 --format html
says '</html>'
expect 1 collide linux-stub-4.7 linux-stub-4.12 --quiet
[ ! -s out ] || complain '--quiet: a report'

cp "$source/conformance/abi/jailhouse.yaml" mine.yaml
sed -i 's/^abi: .*/abi: mine/' mine.yaml
expect 1 collide ./mine.yaml jailhouse
expect 1 diff --abi ./mine.yaml linux-stub-4.7

expect 0 diff --abi linux-stub-4.7 linux-stub-4.7
expect 1 diff --abi linux-stub-4.7 linux-stub-4.12
says 'SILENT'
expect 1 diff linux-stub-4.7 linux-stub-4.12 --abi --format markdown
says '| set_vectors'
expect 2 diff linux-stub-4.7 linux-stub-4.12 --format map
expect 2 diff --abi linux-stub-4.7 linux-stub-4.12 --cpu max
expect 2 diff --abi linux-stub-4.7 nothing
finish
