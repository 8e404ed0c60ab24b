#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Everything fails that can: each command with an allocation or a system call failing, once, or it
# and all after it. It ends with status 2 and one line, or as if nothing had happened, and leaves no
# file half-written. By default a sample of quick commands; with `full` the first and the last
# allocation of every caller, and sweeps.
#
#   faults.sh HVCHECK FAULTS LIBRARY [full]
set -u
export LC_ALL=C
hvcheck=$(realpath "$1") faults=$(realpath "$2") library=$(realpath "$3") full=${4-}
elf=$(dirname "$hvcheck")/vectors/linux-stub-4.12.elf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

try() { # SAMPLE FULL ARGUMENT...: so many trials of a kind by default, and with full; 0: all
	local most=$1 begin=$SECONDS
	[ ! "$full" ] || most=$2
	shift 2
	rm -rf "$work/in"
	mkdir "$work/in"
	printf '== hvcheck %s\n' "$*"
	"$faults" --most "$most" "$library" "$work/in" "$hvcheck" "$@" -o out || failed=1
	printf '%s s\n' $((SECONDS - begin))
}

one=(--brief --from el1h --jobs 1)
"$hvcheck" map qnx-stub "${one[@]}" --format map -o "$work/old.map"
try 20 0 run linux-stub-4.12 --trace --abi linux-stub-4.12
try 20 0 run linux-stub-4.12 --trace --format json
try 3 0 scan "$elf"
try 12 0 collide linux-stub-4.12 linux-stub-4.9
# mov x0, #2; hvc #0; ret
printf '\x40\x00\x80\xd2\x02\x00\x00\xd4\xc0\x03\x5f\xd6' >"$work/caller.bin"
try 12 0 callers "$work/caller.bin" --abi linux-stub-4.12
try 16 0 diff "$work/old.map" "$work/old.map"
[ "$full" ] || exit "$failed"

try 0 150 check qnx-stub --abi qnx-stub "${one[@]}"
try 0 150 map qnx-stub "${one[@]}"

try 0 0 list --format json
try 0 0 collide linux-stub-4.12 linux-stub-4.9 --format html
try 0 0 sequence linux-stub-4.12
try 0 0 diff --abi linux-stub-4.9 linux-stub-4.12
try 0 0 diff --abi linux-stub-4.9 linux-stub-4.12 --format markdown
for format in json html sarif junit github; do
	try 0 60 check m1n1 --abi m1n1 "${one[@]}" --format $format
done
for format in json html svg map; do
	try 0 40 map m1n1 "${one[@]}" --format $format
done
try 0 100 map m1n1 "${one[@]}" --suggest-abi
try 0 60 safety m1n1 --brief --jobs 1
try 0 16 diff m1n1 bao --brief
exit "$failed"
