#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A map saved as a file is a baseline that later builds are held to, and a suggested
# specification is one that its subject keeps.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

expect 0 map linux-stub-4.12 --format map --output stub.map
[ "$(head -n 1 stub.map)" = 'hvcheck-map 2' ] || complain 'a saved map begins otherwise'
[ "$(wc -c <stub.map)" -lt 16384 ] || complain "a saved map of $(wc -c <stub.map) bytes"
expect 0 map linux-stub-4.12 --format map --output again.map
cmp stub.map again.map || complain 'two maps of one subject differ'

# Either side may be a file, and both.
expect 0 diff stub.map linux-stub-4.12 --quiet
expect 0 diff stub.map again.map
says out 'equal for every input'
expect 1 diff stub.map linux-stub-4.7
says out 'differ in'
expect 1 diff linux-stub-4.7 stub.map --format json
says out '"saved": true'
# Calls of an earlier version were tried, and say nothing of others.
{ echo 'hvcheck-map 1'; tail -n +2 stub.map; } >old.map
expect 2 diff old.map linux-stub-4.12
says err 'old.map:1:1: error: a map of an earlier version'

# Damage, other worlds and other calls are refused.
head -c 900 stub.map >cut.map
expect 2 diff cut.map linux-stub-4.12
says err 'cut.map:'
sed 's/:= x1$/:= x2/' stub.map >edited.map
expect 2 diff edited.map linux-stub-4.12
says err 'was changed since it was written'
sed 's/$/\r/' stub.map >crlf.map
expect 2 diff linux-stub-4.12 crlf.map
expect 2 diff stub.map linux-stub-4.12 --cpu max
says err '--cpu'
expect 2 diff stub.map linux-stub-4.12 --set tpidr_el2=0x1
says err 'tpidr_el2'
# Of a caller that one side lacks nothing is known.
expect 0 map linux-stub-4.12 --from el1h --format map --output other.map
run diff stub.map other.map
[ "$status" = 2 ] || complain "other callers: status $status"
says err 'nothing is known of this caller'
expect 2 run linux-stub-4.12 --format map

# What a map says is decided by is an instruction of the subject.
expect 0 map linux-stub-imm --brief
says out 'handle_sync+0x18: cmp x18, #1; b.eq'

# An exception taken to A32 clears T.
expect 0 map kvm-guest-old --brief --from el1-svc --insn hvc-t32
says out ', pstate := 0x8050000,'

expect 0 map linux-stub-4.12 --brief --suggest-abi --output stub.yaml
grep -q '^source: "derived by hvcheck map from linux-stub-4.12"$' stub.yaml ||
	complain 'the suggestion does not say what it is derived from'
expect 0 check linux-stub-4.12 --abi ./stub.yaml --brief --quiet
# Only dirty upper bits tell.
expect 1 check broken-w0-compare --abi ./stub.yaml --randoms 0 --quiet
expect 2 map linux-stub-4.12 --suggest-abi --output stub.yml
says err 'NAME.yaml'
expect 2 map linux-stub-4.12 --suggest-abi --format json
finish
