#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scan and callers: what they tell of a small file, and what they refuse.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

word() { # HEX...
	local hex
	for hex in "$@"; do
		printf '%b' "\\x${hex:6:2}\\x${hex:4:2}\\x${hex:2:2}\\x${hex:0:2}"
	done
}

# Four functions: set_vectors; a call that no stub knows; a pointer left over; Xen's version call.
{
	word d503245f aa0003e1 d2800000 d4000002 d65f03c0
	word d503245f d28000e0 d4000002 d65f03c0
	word d503245f f9400020 f8008402 b4000058 d4000002 d65f03c0
	word d503245f d2800230 d401d422 d65f03c0
} >small.bin
word 6c756166 00000001 d4000062 ffffffff 00000003 00000004 >data.bin

expect 0 scan small.bin
says out '4 HVC and 0 SMC instructions'
says out '0x4000000c  hvc #0x0     0x40000000+0xc'
says out 'x0 = 0; x1: argument x0'
says out 'pointer left over (used at 0x4000002c)'
says out 'hvc #0xea1'
says out 'Xen'
expect 0 scan small.bin --format json
says out '"schema": "hvcheck-scan/1"'
says out '"immediate": 3745'
expect 0 scan data.bin
says out '0 HVC and 0 SMC instructions'
says out 'hvc #0x3: its neighbours are no instructions'
expect 0 scan linux-stub-4.12
says out 'Linux hyp stub'
# A relocatable object: sections of their own, and a word of data.
if as=$(command -v aarch64-linux-gnu-as); then
	printf '%s\n' 'first: mov x0, #1' 'hvc #5' ret '.section .rodata' '.word 0xd4000002' \
		'.section .text.second, "ax"' 'second: mov x0, #2' 'hvc #6' ret >small.s
	"$as" -o small.o small.s
	expect 0 scan small.o
	says out '2 HVC and 0 SMC instructions'
	says out 'second+0x4'
	says out 'hvc #0x0: not in anything executable'
fi
# Long lists end where a screen does, and say so.
for _ in $(seq 30); do word d503245f d2800020 d4000002 d65f03c0; done >many.bin
expect 0 scan many.bin
says out '10 more: --all'
expect 0 scan many.bin --all
[ "$(grep -c '^  0x' out)" = 30 ] || complain '--all leaves sites out'
expect 0 list known
says out ' more: --all'
expect 0 list known --all
! grep -q ' more: --all' out || complain 'list known --all leaves rows out'
# The best table comes first, by an address that a subject takes.
expect 0 scan linux-kvm-6.1
says out '2 vector tables, the likeliest first'

expect 1 callers small.bin --abi linux-stub-4.12
says out 'small.bin against linux-stub-4.12: 2 errors'
says out '4 HVCs: 2 held to it, 1 with an uninitialised selector, 0 with one that is not known,'
says out 'unknown call: no call of the ABI: hvc #0x0 with x0 = 7'
says out 'made only where x24 is not zero (x24: argument x24)'
says out 'set_vectors'
says out '  1  Xen'
cp out findings
# The command below each finding shows that one again, alone.
sed -n 's/^ *hvcheck //p' findings >commands
[ "$(wc -l <commands)" = 2 ] || complain 'callers: not a command for each finding'
while read -r line <&3; do
	# shellcheck disable=SC2086 # words of the command
	expect 1 $line
	says out ': 1 error'
done 3<commands
expect 1 callers small.bin --abi linux-stub-4.12
cmp -s out findings || complain 'callers: two runs differ'
expect 1 callers small.bin --abi linux-stub-4.12 --quiet
[ ! -s out ] || complain '--quiet prints a report'
expect 1 callers small.bin --abi linux-stub-4.12 --format json
says out '"schema": "hvcheck-callers/1"'
says out '"kind": "selector never set"'
expect 0 callers small.bin --abi linux-stub-4.12 --site 0x4000000c
says out '1 HVC: 1 held to it'
expect 0 callers small.bin --abi xen --site '#3745'
says out 'xen_version'
expect 1 callers small.bin --abi linux-stub-4.12 --site 0x40000014 --site '#0xea1'
says out '1 error'
# Vectors that are run instead of a specification, by a name that is no ABI's.
expect 1 callers small.bin --abi broken-vbar-unknown
says out 'selector never set'
# A call that another ABI of the image knows is not unknown to all.
word d503245f d2800060 d4000002 d65f03c0 >three.bin
expect 1 callers three.bin --abi linux-stub-4.12
says out 'unknown call'
expect 0 callers three.bin --abi linux-stub-4.12 --also linux-stub-6.0
says out 'another ABI that was named'

# Nothing is named: the registry knows whose call it is.
expect 0 callers small.bin
says out 'small.bin against the ABI of each: no findings'
expect 2 callers data.bin
says err 'no call whose ABI the registry knows'
expect 2 callers small.bin --abi linux-stub-4.1x
says err "did you mean 'linux-stub-4.1"
expect 2 callers small.bin --abi linux-stub-4.12 --site nowhere
says err "no HVC or SMC in a function named 'nowhere'"
expect 2 callers small.bin --abi linux-stub-4.12 --site '#70000'
says err 'an immediate'
expect 2 callers small.bin --abi linux-stub-4.12 --site 0x40000000zz
expect 2 callers none.bin --abi linux-stub-4.12
# Vectors that are run, and answer with an exception only: such a call is not answered.
expect 1 callers small.bin --abi "$HVC_VECTORS/kvm-guest-old.elf@hvc_vectors" --site '#0'
says out 'the vectors do not answer: inject'
# What of a change an image uses: one that sets vectors by x0 = 1, and nothing else.
{ word d503245f aa0003e1 d2800020 d4000002 d65f03c0; } >set.bin
expect 1 diff --abi linux-stub-4.9 linux-stub-4.12 --used-by set.bin
says out 'FAIL  from linux-stub-4.9 to linux-stub-4.12, as set.bin uses it: 4 errors, 1 warning'
says out '1 silent, 1 renumbered, 1 changed, 1 clobbers, 1 no-promise, 1 preserves; used: set_vectors'
expect 0 diff --abi linux-stub-4.7 linux-stub-4.8 --used-by set.bin
says out 'nothing that it uses has changed; used: set_vectors'
expect 1 diff linux-stub-4.9 linux-stub-4.12 --used-by set.bin --brief
says out 'set_vectors'
expect 2 diff --abi linux-stub-4.7 linux-stub-4.8 --used-by data.bin
expect 2 diff --abi linux-stub-4.7 linux-stub-4.8 --used-by none.bin
expect 2 diff --abi linux-stub-4.7 linux-stub-4.8 --used-by set.bin --used-by set.bin
says err 'one image'
expect 2 scan none.bin
expect 2 scan small.bin data.bin
expect 2 scan small.bin --abi xen
finish
