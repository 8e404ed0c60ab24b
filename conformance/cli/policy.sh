#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What decides between status 0 and 1: levels and suppressions. Nothing makes a 2 anything else.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"
# 2027-01-31, the last day of what is suppressed below, and the day after
export SOURCE_DATE_EPOCH=1801439999

broken='check broken-single-imm --abi linux-stub-imm --brief --from el1h --insn hvc'
well='check linux-stub-imm --abi linux-stub-imm --brief --from el1h --insn hvc'
notes='diff linux-stub-4.12 linux-stub-5.12 --abi'
warns='diff --abi warns.yaml warning.yaml'
entry='reason: being repaired, owner: el2-team, expires: 2027-01-31'

# Another answer to unallocated calls is a warning.
cat >warns.yaml <<'YAML'
abi: warns
title: one call
source: this test
rules:
  - {name: ping, when: {imm: 1, x0: 7}, outcome: return, results: {x0: 0}}
  - {name: unknown, default: true, outcome: return, results: {x0: 1}}
YAML
sed 's/abi: warns/abi: warning/; s/x0: 1}/x0: 2}/' warns.yaml >warning.yaml

# Levels: STATUS for no --fail-on, note, warning, error, never
levels() { # STATUS... -- ARGUMENT...
	local expected=("${@:1:5}") i=1 level
	shift 6
	expect "${expected[0]}" "$@" -q
	for level in note warning error never; do
		expect "${expected[$i]}" "$@" -q --fail-on "$level"
		i=$((i + 1))
	done
}

# shellcheck disable=SC2086 # words of the command
{
	levels 1 1 1 1 0 -- $broken
	levels 1 1 0 0 0 -- $notes
	levels 1 1 1 0 0 -- $warns
	# A rule that promises nothing is worth a note, and no failure.
	levels 0 1 0 0 0 -- $well
	levels 0 0 0 0 0 -- diff linux-stub-3.8 linux-stub-3.8 --brief
	levels 2 2 2 2 2 -- check nosuch --abi linux-stub-imm
	levels 2 2 2 2 2 -- check linux-stub-imm --abi nosuch
	expect 2 $broken --fail-on everything
	expect 2 $broken --fail-on
}

suppress() { # ENTRY...: the file
	printf 'suppressions:\n' >s.yaml
	printf '  - {%s}\n' "$@" >>s.yaml
}

# shellcheck disable=SC2086
{
	suppress "rule: check-preserve, about: unknown, $entry"
	expect 0 $broken --suppress s.yaml
	says out ': 1 suppressed'
	says out 'suppressed until 2027-01-31: being repaired (el2-team)'
	says out 'x0 is 0x40000000, had to stay 0x4000020000'
	expect 0 $broken --suppress s.yaml --fail-on error
	expect 1 $broken --suppress s.yaml --fail-on note
	cp out before

	# The report is the same on any day until then: no date of its own is in it.
	SOURCE_DATE_EPOCH=0 "$hvcheck" $broken --suppress s.yaml --fail-on note >early
	cmp -s before early || complain 'the report depends on the day'

	# The day after
	SOURCE_DATE_EPOCH=1801440000 expect 1 $broken --suppress s.yaml
	says out 'check-preserve  ended on 2027-01-31: being repaired (el2-team)'
	says out 's.yaml:2'
	SOURCE_DATE_EPOCH=soon expect 2 $broken --suppress s.yaml
	SOURCE_DATE_EPOCH='' expect 0 list

	# What suppresses nothing is told, and fails only who asks for that.
	suppress "rule: check-preserve, about: unknown, $entry" "rule: check-memory, $entry"
	expect 0 $broken --suppress s.yaml
	says out 'check-memory  suppresses nothing'
	says out 's.yaml:3'
	expect 1 $broken --suppress s.yaml --fail-on warning
	expect 0 $broken --suppress s.yaml --fail-on error
	# What is of other commands and subjects may be used there.
	suppress "rule: check-preserve, about: unknown, $entry" "rule: leak-register, $entry" \
		"rule: check-memory, subject: another, $entry"
	expect 0 $broken --suppress s.yaml
	! grep -q suppression- out || complain 'what is of other commands is complained about'

	# A suppression of one finding hides no other.
	suppress "rule: check-result, about: unknown, $entry"
	expect 1 $broken --suppress s.yaml
	suppress "rule: check-preserve, about: set_vectors, $entry"
	expect 1 $broken --suppress s.yaml
	suppress "rule: check-preserve, subject: linux-stub-imm, $entry"
	expect 1 $broken --suppress s.yaml
	run $broken --format json
	fingerprint=$(sed -n 's/.*"fingerprint": "\([0-9a-f]*\)".*/\1/p' out | head -n 1)
	suppress "rule: check-preserve, fingerprint: $fingerprint, $entry"
	expect 0 $broken --suppress s.yaml

	# Trouble stays trouble.
	suppress "rule: check-preserve, $entry"
	expect 2 check nosuch --abi linux-stub-imm --suppress s.yaml
	expect 2 $broken --suppress nosuch.yaml
	suppress "rule: check-everything, $entry"
	expect 2 $broken --suppress s.yaml
	says err 's.yaml:2:5: error: no rule '
	suppress "rule: check-preserve, why: not, $entry"
	expect 2 $broken --suppress s.yaml
	says err 's.yaml:2:28: error: unknown key "why"'
	suppress "rule: check-preserve, reason: it is mine, owner: me"
	expect 2 $broken --suppress s.yaml
	says err 'key "expires" is missing'
}
finish
