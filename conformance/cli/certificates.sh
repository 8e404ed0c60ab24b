#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check --smt: each claim as SMT-LIB 2, confirmed by cvc5, which shares nothing with hvcheck and its
# solver. HVC_CERTIFICATES=full: of every built-in subject.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

# What is written where.
expect 0 check m1n1 --abi m1n1 --smt new --quiet
[ -s new/host-hvc-el1h-disjoint.smt2 ] && [ -s new/host-hvc-el1h-total.smt2 ] ||
	complain "no certificates: $(ls new)"
cp -r new kept
expect 2 check m1n1 --abi m1n1 --smt new --quiet
says err 'is not empty'
diff -r new kept || complain 'a folder that was not empty was changed'
mkdir empty
expect 0 check m1n1 --abi m1n1 --smt empty/ --quiet
diff -r new empty || complain 'two runs write different certificates'
expect 2 check m1n1 --abi m1n1 --smt nowhere/new --quiet
expect 2 check m1n1 --abi m1n1 --smt kept/host-hvc-el1h-total.smt2 --quiet
expect 2 check m1n1 --abi m1n1 --smt same -o same
expect 2 check m1n1 --abi m1n1 --smt swept --sweep
says err 'nothing is proved'
expect 2 check m1n1 --abi absent --smt failed
for folder in nowhere same swept failed; do
	[ ! -e "$folder" ] || complain "$folder is there"
done
! ls -d ./*.?????? >/dev/null 2>&1 || complain "left over: $(ls -d ./*.??????)"

if ! command -v cvc5 >/dev/null; then
	[ "$failures" = 0 ] || finish
	echo 'skipped: cvc5 is not installed, which confirms certificates'
	exit 77
fi

confirm() { # SUBJECT ABI STATUS
	local file wanted answer
	rm -rf certificates
	expect "$3" check "$1" --abi "$2" --smt certificates
	for file in certificates/*.smt2; do
		wanted=$(sed -n 's/^(set-info :status \(.*\))$/\1/p' "$file")
		case $file in
		*-violates-*) [ "$wanted" = sat ] ;;
		*) [ "$wanted" = unsat ] ;;
		esac || complain "$1: $file wants '$wanted'"
		answer=$(timeout 60 cvc5 --lang smt2 "$file" 2>&1)
		[ "$answer" = "$wanted" ] || complain "$1: $file: cvc5 says '$answer', not $wanted"
		claims=$((claims + 1))
	done
}

# Not what a rule promises of its results, but the opposite: then it is no certificate any more.
spoil() {
	local file=certificates/host-hvc-el1h-conforms-unknown.smt2
	rm -rf certificates
	expect 0 check linux-stub-4.12 --abi linux-stub-4.12 --smt certificates --from el1h
	grep -q '#x000000000badca11' "$file" || complain "no promise in $(cat "$file")"
	sed -i 's/#x000000000badca11 #x000000000badca11/#x000000000badca11 #x000000000badca12/; /:status/d' "$file"
	[ "$(cvc5 --lang smt2 "$file" 2>&1)" = sat ] || complain 'a false promise is confirmed'
}

claims=0
subjects=(linux-stub-4.12 linux-kvm-init-6.8)
if [ "${HVC_CERTIFICATES-}" = full ]; then
	mapfile -t subjects < <(sed -n 's,^  [a-z0-9-]*/\([a-z0-9.-]*\)$,\1,p' "$source/vectors/vectors.cmake" |
		grep -v '^broken-')
	[ "${#subjects[@]}" -ge 50 ] || complain "${#subjects[@]} subjects"
fi
for subject in "${subjects[@]}"; do
	confirm "$subject" "$subject" 0
done
confirm broken-w0-compare linux-stub-4.12 1
ls certificates/*-violates-* >/dev/null 2>&1 || complain 'no claim says that a promise is broken'
spoil
[ "$claims" -ge 60 ] || complain "only $claims claims"
printf '%s claims of %s subjects\n' "$claims" "${#subjects[@]}"
finish
