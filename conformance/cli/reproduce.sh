#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every command that a report prints shows what was said of it.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

findings() { # SUBJECT ABI
	run check "$1" --abi "$2" --randoms 0
	[ "$status" = 1 ] || complain "check $1 --abi $2: status $status"
	shows_its_calls
}

differences() { # A B: two commands each, whose reports differ
	local line first='' count=0
	run diff "$1" "$2"
	sed '1,/^$/d' out >report # the head names one of the two
	while read -r line; do
		[[ $line == 'hvcheck run '* ]] || continue
		# shellcheck disable=SC2086 # words of the command
		run ${line#hvcheck }
		[ "$status" = 0 ] || complain "'$line': status $status"
		sed 1d out >body
		if [ -z "$first" ]; then
			first=$line
			mv body first
		else
			! cmp -s first body || complain "'$first' and '$line' do the same"
			first=''
			count=$((count + 1))
		fi
	done <report
	[ "$count" -gt 0 ] || complain "diff $1 $2 prints no command"
}

sequences() { # SUBJECT ABI: each of the commands finds the failure
	local line
	run sequence "$1" --abi "$2"
	[ "$status" = 1 ] || complain "sequence $1 --abi $2: status $status"
	sed -n 's/^ *hvcheck //p' out | sort -u >commands
	[ -s commands ] || complain "sequence $1 prints no command"
	while read -r line <&3; do
		# shellcheck disable=SC2086 # words of the command
		run $line
		[ "$status" = 1 ] || complain "'$line': status $status"
	done 3<commands
}

# A command of an error that is silent, or of two ABIs that collide, runs, and some find fault: what
# the subject does of what its own ABI leaves open the other may allow.
silent() { # ARGUMENT...
	local line faults=0
	run "$@" --format json
	[ "$status" = 1 ] || complain "$*: status $status"
	python3 -c 'import json, sys
for found in json.load(open("out"))["results"]:
    if found["id"] in ("diff-silent", "collide-differs"):
        print(found["command"])' >commands
	[ -s commands ] || complain "$* prints no command"
	while read -r line <&3; do
		# shellcheck disable=SC2086 # words of the command
		run ${line#hvcheck }
		[ "$status" -le 1 ] || complain "'$line': status $status"
		faults=$((faults + status))
	done 3<commands
	[ "$faults" -gt 0 ] || complain "$*: no command finds fault"
}

silent diff --abi linux-stub-4.9 linux-stub-4.12
silent collide linux-stub-4.7 linux-stub-4.12 xen
sequences broken-seq-set-once linux-stub-4.12
findings linux-stub-3.8 linux-stub-4.12
findings broken-store linux-stub-4.12
differences linux-stub-4.12 broken-hang
finish
