#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Sequences of calls: statuses, refusals, and that the printed commands show what was told.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

expect 0 sequence --help
says out 'usage: hvcheck sequence SUBJECT'
expect 0 sequence linux-stub-4.7 --randoms 10
says out 'PASS  linux-stub-4.7 against linux-stub-4.7: no findings'
expect 0 sequence linux-stub-4.7 --randoms 0 --quiet
[ ! -s out ] || complain '--quiet prints a report'
# No single call shows it.
expect 0 check broken-seq-set-once --abi linux-stub-4.12 --brief --from el1h --insn hvc --quiet
expect 1 sequence broken-seq-set-once --abi linux-stub-4.12
says out 'set_again'

# The command of each failure finds that failure.
reproduces() { # ARGUMENT...: of a sequence that fails
	local line='' what='' count=0
	run sequence "$@"
	[ "$status" = 1 ] || complain "sequence $*: status $status"
	cp out report
	while read -r line; do
		if [[ $what && $line == 'hvcheck sequence '* ]]; then
			# shellcheck disable=SC2086 # words of the command
			run ${line#hvcheck }
			[ "$status" = 1 ] || complain "'$line': status $status"
			says out "$what"
			what=''
			count=$((count + 1))
		fi
		[[ $line != 'call '*' fails: '* ]] || what=$line
	done <report
	[ "$count" -gt 0 ] || complain "sequence $* prints no command"
}

reproduces broken-seq-set-once --abi linux-stub-4.12
reproduces broken-seq-third --abi linux-stub-4.12 --from el1t --seed 50
reproduces broken-seq-stale-get --abi "$source/conformance/abi/linux-stub-4.7.yaml" --insn hvc
# A world in which the subject cannot keep to its ABI: the command says it again.
reproduces linux-stub-4.12 --set scr_el3=0x401 --randoms 50
says out ' --set scr_el3=0x401'

# Worlds: the options reach them.
expect 1 sequence linux-stub-4.12 --stop-at handle_sync --randoms 5
says out 'handoff'

expect 2 sequence
expect 2 sequence linux-stub-4.12 linux-stub-4.7
expect 2 sequence linux-stub-4.12 --randoms -1
says err "--randoms: '-1' is not a number of sequences"
expect 2 sequence linux-stub-4.12 --seed x
expect 2 sequence linux-stub-4.12 --imm 1
expect 2 sequence linux-stub-4.12 --set x0=1
says err "sequences try many values of x0"
expect 2 sequence linux-stub-4.12 --abi no-such-abi
expect 2 sequence broken-seq-third
says err "no shipped ABI is named 'broken-seq-third'; say --abi ABI"
printf 'cpu: max\n' >other.yaml
expect 2 sequence linux-stub-4.12 --world ./other.yaml
cat >own.yaml <<'END'
abi: own
title: t
source: s
rules:
  - { name: set, when: { x0: 1 }, outcome: return, results: { vbar_el2: x1 } }
  - { name: rest, default: true, outcome: unspecified }
sequences:
  - name: wrong
    variables: [ { name: v, values: 2 } ]
    calls:
      - { rule: set, x0: v }
END
expect 2 sequence linux-stub-4.7 --abi ./own.yaml
says err '11:9: error: sequence "wrong"'
finish
