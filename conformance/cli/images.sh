#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Images as they are linked and relocated: the same source does the same wherever it is, and
# addresses in reports and options are the file's own.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
built=$(realpath "$2")
. "$source/conformance/cli/common.sh"

# Where linked.S is linked; each prefix as all addresses of the image begin with it.
abi=$source/conformance/images/linked.yaml
declare -A prefix=([low]=0x4000 [xen]=0xa000000 [bao]=0xfd800000 [jailhouse]=0xffffc020
	[kernel]=0xffff80000800 [apart]=0x4000 [halves]=0x4000)
plain() { # VARIANT FILE: its addresses as those of the first
	sed -e "s/linked-$1/linked-low/g" -e "s/${prefix[$1]}\([0-9a-f]\{4\}\)\b/0x4000\1/g" "$2"
}

for variant in low xen bao jailhouse kernel apart halves; do
	elf=$built/linked-$variant.elf
	expect 0 check "$elf" --abi "$abi"
	says out '  all              131,092  131,092        0          0  proved'
	case $variant in low | bao | kernel) ;; *) continue ;; esac
	expect 0 map "$elf" --brief --randoms 0 --format json --output map-$variant
	plain $variant map-$variant >same-$variant
	cmp same-low same-$variant || complain "linked-$variant: another map"
	for id in 0x100 0x103 0x104 0x105 0x108; do
		expect 0 run "$elf" --imm 0 --set x0=$id --format json
		plain $variant out >>runs-$variant
	done
	cmp runs-low runs-$variant || complain "linked-$variant: other calls"

	# An address of the file's stops the call, as the symbol does.
	[ $variant = apart ] || [ $variant = halves ] || [ $variant = low ] || {
		expect 0 run "$elf" --imm 0 --set x0=0x102 --stop-at add_seven
		says out "handoff"
		says out "${prefix[$variant]}08"
		at=$(grep -o "${prefix[$variant]}08[0-9a-f][0-9a-f]" out | head -n 1)
		expect 0 run "$elf" --imm 0 --set x0=0x102 --stop-at "$at"
		says out "handoff"
		expect 0 run "$elf" --imm 0 --set x0=0x102 --stub "$at=0x55"
		says out "0x55"
	}
done

# Relocations that a file applies to itself: whatever keeps the addends, and nothing that says where
# they are but their shape.
bare() { # FILE: without sections and PT_DYNAMIC
	cp "$1" bare.elf
	printf '\0\0\0\0\0\0\0\0' | dd of=bare.elf bs=1 seek=40 conv=notrunc status=none
	printf '\0\0' | dd of=bare.elf bs=1 seek=60 conv=notrunc status=none
	# The type of the fourth program header, which image.ld makes PT_DYNAMIC.
	printf '\0' | dd of=bare.elf bs=1 seek=$((64 + 3 * 56)) conv=notrunc status=none
}
for variant in pie bao-pie relr rel; do
	[ -e "$built/linked-$variant.elf" ] || continue
	expect 0 check "$built/linked-$variant.elf" --abi "$abi"
done
got=$source/conformance/images/got.yaml
for file in got.o got-exec.elf got-pie.elf; do
	expect 0 check "$built/$file" --abi "$got"
done
bare "$built/got-pie.elf"
expect 0 check bare.elf@0x0 --abi "$got"

# What only a loader has is told, and not taken to be zero in silence.
run run "$built/unset-shared.elf" --set x0=4
says err 'note: '
says err '1 relocation not applied: type 1025 at 0x40001'

expect 2 check "$built/linked-reserved.elf" --abi "$abi"
says err "emulated machine's own"
finish
