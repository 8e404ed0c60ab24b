#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# --smt of check, map and diff: each claim as SMT-LIB 2, confirmed by cvc5, which shares nothing with
# hvcheck and its solver. HVC_CERTIFICATES=full: of every built-in subject
# whose code is followed, which is that of AArch64.
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

confirm() { # SUBJECT STATUS ARGUMENT...
	local file wanted answer subject=$1 status=$2
	shift 2
	rm -rf certificates
	expect "$status" "$@" --smt certificates
	for file in certificates/*.smt2; do
		wanted=$(sed -n 's/^(set-info :status \(.*\))$/\1/p' "$file")
		case $file in
		*-violates-* | *-differs-*) [ "$wanted" = sat ] ;;
		*) [ "$wanted" = unsat ] ;;
		esac || complain "$subject: $file wants '$wanted'"
		answer=$(timeout 60 cvc5 --lang smt2 "$file" 2>&1)
		[ "$answer" = "$wanted" ] || complain "$subject: $file: cvc5 says '$answer', not $wanted"
		claims=$((claims + 1))
	done
}

# Not what a rule promises of its results, but the opposite: then it is no certificate any more.
spoil() {
	local file=certificates/host-hvc-el1h-conforms-unknown.smt2
	rm -rf certificates
	expect 0 check linux-stub-4.12 --abi linux-stub-4.12 --smt certificates --from el1h
	grep -q 'bv195938833' "$file" || complain "no promise in $(cat "$file")"
	sed -i 's/(_ bv195938833 64) (_ bv195938833 64)/(_ bv195938833 64) (_ bv195938834 64)/; /:status/d' "$file"
	[ "$(cvc5 --lang smt2 "$file" 2>&1)" = sat ] || complain 'a false promise is confirmed'
	file=certificates/hvc-el1h-equal.smt2
	rm -rf certificates
	expect 0 diff linux-stub-4.12 linux-stub-4.12 --smt certificates --from el1h --brief
	grep -q '(= (_ bv195938833 64) (_ bv195938833 64))' "$file" || complain "nothing compared in $(cat "$file")"
	sed -i 's/(_ bv195938833 64) (_ bv195938833 64)/(_ bv195938833 64) (_ bv195938834 64)/; /:status/d' "$file"
	[ "$(cvc5 --lang smt2 "$file" 2>&1)" = sat ] || complain 'two that differ are confirmed to be equal'
}

claims=0
subjects=(linux-stub-4.12 linux-kvm-init-6.8)
if [ "${HVC_CERTIFICATES-}" = full ]; then
	mapfile -t subjects < <(sed -n 's,^  [a-z0-9-]*/\([a-z0-9.-]*\)$,\1,p' "$source/vectors/vectors.cmake" |
		grep -v -e '^broken-' -e arm)
	[ "${#subjects[@]}" -ge 50 ] || complain "${#subjects[@]} subjects"
fi
for subject in "${subjects[@]}"; do
	confirm "$subject" 0 check "$subject" --abi "$subject"
	[ "$subject" = linux-stub-4.12 ] || [ "${HVC_CERTIFICATES-}" = full ] || continue
	confirm "$subject" 0 map "$subject" --brief
	for caller in hvc-el1t hvc-el1h hvc-el2t hvc-el2h smc-el1t smc-el1h; do
		[ -s "certificates/$caller-disjoint.smt2" ] && [ -s "certificates/$caller-total.smt2" ] ||
			complain "map $subject: nothing of $caller"
	done
	confirm "$subject" 0 diff "$subject" "$subject" --brief
	[ -s certificates/hvc-el1h-equal.smt2 ] || complain "diff $subject: not told to be equal"
done
confirm linux-stub-4.12 1 diff linux-stub-4.9 linux-stub-4.12 --brief --from el1h
[ -s certificates/hvc-el1h-differs-1.smt2 ] && [ ! -e certificates/hvc-el1h-equal.smt2 ] ||
	complain "two stubs that differ: $(ls certificates)"
confirm broken-w0-compare 1 check broken-w0-compare --abi linux-stub-4.12
ls certificates/*-violates-* >/dev/null 2>&1 || complain 'no claim says that a promise is broken'
spoil
[ "$claims" -ge 90 ] || complain "only $claims claims"
printf '%s claims of %s subjects\n' "$claims" "${#subjects[@]}"
finish
