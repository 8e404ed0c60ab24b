#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Worlds from the command line and from files: what they change, that every report says what was
# made up, and that the reports are the same for any number of workers.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

silent() { # FILE TEXT
	if grep -qF -- "$2" "$1"; then complain "'$2' is in: $(cat "$1")"; fi
}

# System registers, by name, by encoding, and with a symbol for a value
expect 0 run linux-stub-4.12 --set tpidr_el2=0x77 --set vttbr_el2=hvc_vectors+0x10 --format json
says out '"tpidr_el2": "0x77"'
says out '"vttbr_el2": "0x40000010"'
silent out invented
expect 0 run linux-stub-4.12 --set s3_4_c13_c0_2=0x78 --format json
says out '"tpidr_el2": "0x78"'
expect 0 run linux-stub-4.12 --set s3_4_c14_c2_2=1
expect 2 run linux-stub-4.12 --set s3_0_c5_c3_0=1
says err 'does not keep s3_0_c5_c3_0'
expect 2 run linux-stub-4.12 --set s3_8_c5_c1_0=1
expect 2 run linux-stub-4.12 --set sp_el2=nosuch
says err "no symbol 'nosuch'"
expect 0 run linux-stub-4.12 --set x0=0 --set x1=hvc_vectors+0x800 --format json
says out '"vbar_el2": "0x40000800"'

# Boundaries
expect 0 run linux-stub-4.12 --stop-at hvc_vectors+0x400
says out 'handoff'
says out 'boundary      hvc_vectors+0x400'
expect 0 run linux-stub-4.12 --stop-at 0x40000400 --format json
says out '"boundary": "0x40000400"'
expect 0 map linux-stub-4.12 --brief --jobs 2 --stop-at hvc_vectors+0x400
says out 'handoff to hvc_vectors+0x400'
expect 2 run linux-stub-4.12 --stop-at hvc_vectors+0x402
says err 'multiples of 4'
expect 2 run linux-stub-4.12 --stop-at nosuch
expect 2 run linux-stub-4.12 --stop-at
expect 2 run linux-stub-4.12 --stub hvc_vectors
expect 2 run linux-stub-4.12 --stub hvc_vectors=x
expect 2 run linux-stub-4.12 --stub =1

# A subject of its own, which reads per-CPU data, and calls what its first word points to.
#   0x400: mrs x9, tpidr_el2; ldr x10, [x9]; mov x19, x30; b 0x800
#   0x800: blr x10; add x20, x0, #1; bl 0x900; mov x21, x0; mov x30, x19; eret;  0x900: b .
head -c 4096 /dev/zero >raw
word() { # OFFSET WORD
	# shellcheck disable=SC2059 # the format is what is made
	printf "\\x${2:6:2}\\x${2:4:2}\\x${2:2:2}\\x${2:0:2}" |
		dd of=raw bs=1 seek=$(($1)) conv=notrunc status=none
}
for ((slot = 0; slot < 2048; slot += 128)); do word $slot 14000000; done
word 0x400 d53cd049
word 0x404 f940012a
word 0x408 aa1e03f3
word 0x40c 140000fd
word 0x800 d63f0140
word 0x804 91000414
word 0x808 9400003e
word 0x80c aa0003f5
word 0x810 aa1303fe
word 0x814 d69f03e0
word 0x900 14000000
subject=./raw@+0

doubt '[tpidr_el2+0x0] was read at 0x40000404: --set tpidr_el2=ADDRESS, or --mem' run $subject
says out 'fault: data abort'
silent out 'not the real machine'
expect 0 run $subject --set tpidr_el2=0x9000000
says out 'fault: data abort'
expect 0 run $subject --set tpidr_el2=0x9000000 --map-on-demand
says out 'spin'
says out 'This is not the real machine.'
says out 'read before anything was written there'
says out 'called from 0x40000800, returned 0'
expect 0 run $subject --set tpidr_el2=0x9000000 --map-on-demand --stub 0x40000900=-2
says out 'return'
grep -q 'x20 .* 1$' out || complain "x20 is not 1: $(cat out)"
grep -q 'x21 .* -2$' out || complain "x21 is not -2: $(cat out)"
says out 'not run: returned -2'
silent out 'assumed to hold'
expect 0 run $subject --set tpidr_el2=0x9000000 --map-on-demand=1 --stub +0x900=7 --format json
for text in '"kind": "page"' '"address": "0x9000000"' '"blind": 1' '"kind": "call"' \
	'"from": "0x40000800"' '"kind": "stub"' '"name": "+0x900"' '"value": "0x7"'; do
	says out "$text"
done
silent out '"register": "tpidr_el2"'
# Nobody set where per-CPU data is.
doubt '[tpidr_el2+0x0] was read' run $subject --stop-at +0x800
says out 'assumed to hold 0x1d20000000002200'
for pages in 0 4097 x -1; do
	expect 2 run $subject --map-on-demand=$pages
done

# The same from a file; the command line adds to it
cat >world.yaml <<'END'
name: percpu
title: per-CPU data where there is no memory
set: {tpidr_el2: 0x9000000}
map_on_demand: 4
stubs:
  - {at: +0x900, returns: 3}
END
expect 0 run $subject --world ./world.yaml
says out 'return'
says out 'returned 3'
expect 0 run $subject --world world.yaml --stop-at 0x40000804
says out 'handoff'
expect 0 run $subject --world world.yaml --set tpidr_el2=0x40000100
says out 'call     0x14000000'
printf 'name: a\nset: {sp_el2: heap}\n' >heap.yaml
expect 2 run $subject --world heap.yaml
says err "heap.yaml:2:15: error: no symbol 'heap'"
expect 2 run $subject --world ./nosuch.yaml
expect 2 run $subject --world percpu
says err 'is not a file'
expect 2 map $subject --world percpu

# Maps, checks and differences: the same account for any number of workers
for jobs in 1 3; do
	expect 0 map $subject --world world.yaml --brief --jobs $jobs --report json=json.$jobs
	mv out text.$jobs
done
for format in text json; do
	cmp -s $format.1 $format.3 || complain "the map's $format depends on --jobs"
	grep -q '+0x900 returned 3' $format.1 || complain "no stub in the map's $format"
done
expect 0 diff $subject $subject --world world.yaml --brief --format json
says out '"equal": true'
expect 1 check $subject --abi linux-stub-imm --world world.yaml --brief --report json=found.json
says found.json '"invented": ['
says out 'This is not the real machine.'
says out '--world host'
# What a check says reproduces what it found.
command=$(sed -n 's/^ *hvcheck \(run .* --world host\)$/\1/p' out | head -n 1)
[ -n "$command" ] || complain "no command in: $(cat out)"
eval "expect 1 $command"
says out 'violates rule'
expect 2 check $subject --abi linux-stub-imm --set x0=1
expect 2 run linux-stub-4.12 --abi linux-stub-4.12 --world nosuch
says err 'is no world of linux-stub-4.12'
expect 0 run linux-stub-4.12 --abi linux-stub-4.12 --world host --set tpidr_el2=1 --set x0=2
says out 'conforms to'
expect 2 run linux-stub-4.12 --abi linux-stub-4.12 --world host --cpu max
finish
