#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The idioms of dispatch in conformance/subjects: each is proved to keep its specification, and its
# twin, which is wrong in one place, is refuted by a call that shows it.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

# Subject, rule that the twin breaks, what the report and the call say of it.
twins=(
	'jump-table|unknown|x0 is 0xa, promised -1'
	'computed-branch|thirteen|x0 is 0xc, promised 0xd'
	'pointer-table|unknown|fault: .*, promised return'
	'binary-search|cpu_on_64|x0 is -1, promised 6'
	'tbz-chain|low|x0 is 1, promised 3'
	'ccmp-chain|nine|x0 is 7, promised 1'
	'signed-range|within|x0 is 0, promised 1'
	'mask|unknown|x0 is 1, promised 0'
	'two-selectors|number|x0 is 0, promised 1'
	'one-value|all|x0 is 1, promised 0'
	'infinite-loop|stuck|return, promised spin'
	'digits|sum|x0 is 0, promised 8'
	'caller-memory|block|x3 is 0, had to stay 0x4000021800'
	'compiled|unknown|x0 is 0x28000145000, promised -1'
)

# Every rule is proved, of every input.
is_proved() { # NAME
	says out 'Proved for every input: '
	! grep -q swept out || complain "$1: something is swept: $(grep -m 1 swept out)"
}

for twin in "${twins[@]}"; do
	IFS='|' read -r name rule what <<<"$twin"
	specification=$source/conformance/subjects/$name.yaml
	expect 0 check "$HVC_SUBJECTS/$name.elf" --abi "$specification" --from el1h
	is_proved "$name"
	expect 1 check "$HVC_SUBJECTS/$name-fault.elf" --abi "$specification" --from el1h
	is_proved "$name-fault"
	grep -q "^  $rule .*$what" out || complain "not '$rule: $what': $(cat out)"
	shows_its_calls
done
# Where a branch goes to more places than are taken apart, nothing is said of where.
doubt 'no call was followed to its end, and none was made' map "$HVC_SUBJECTS/computed-branch.elf@many" --from el1h --brief
says out 'Called: none of 1 paths, so that nothing is confirmed'
says out 'not followed: a branch to one of too many places'
! grep -q 'jump to' out || complain "a branch into EL2's own code is a jump: $(cat out)"
specifications=("$source"/conformance/subjects/*.yaml)
[ "${#specifications[@]}" = "${#twins[@]}" ] ||
	complain 'there are specifications that are not in the table'
finish
