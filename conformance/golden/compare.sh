#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Does hvcheck still write what is kept here?
#   compare.sh PROGRAM [NAME...]            compare these reports, all without a name
#   compare.sh --rebase PROGRAM [NAME...]   keep what it writes now
set -u
export LC_ALL=C
unset COLUMNS
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

rebase=false
if [ "${1-}" = --rebase ]; then
	rebase=true
	shift
fi
[ $# -ge 1 ] || { echo 'usage: compare.sh [--rebase] PROGRAM [NAME...]' >&2; exit 2; }
hvcheck=$(realpath "$1")
shift

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Four call sites: set_vectors; a call that no stub knows; a pointer left over; Xen's version call.
for word in d503245f aa0003e1 d2800000 d4000002 d65f03c0 \
            d503245f d28000e0 d4000002 d65f03c0 \
            d503245f f9400020 f8008402 b4000058 d4000002 d65f03c0 \
            d503245f d2800230 d401d422 d65f03c0; do
	printf '%b' "\\x${word:6:2}\\x${word:4:2}\\x${word:2:2}\\x${word:0:2}"
done >"$work/sites.bin"
cp -r "$folder/abis" "$work"
cd "$work" || exit 2

one() { # NAME STATUS ARGUMENT...
	local name=$1 expected=$2 status=0
	shift 2
	# A name that ends in a number is what a page of that many columns shows: 100 where nobody says.
	case $name in
		*.80) COLUMNS=80 "$hvcheck" "$@" >"$work/$name" || status=$? ;;
		*.100) "$hvcheck" "$@" >"$work/$name" || status=$? ;;
		*) COLUMNS=0 "$hvcheck" "$@" >"$work/$name" || status=$? ;;
	esac
	# Versions are of this machine.
	sed -i -E 's/(Unicorn|Z3|Capstone) [0-9]+(\.[0-9]+)+/\1 N/g' "$work/$name"
	# The style sheets and scripts of pages are files of emu/report/assets, which conformance/browser tries.
	[[ $name != *.html ]] || sed -i '/^<style>$/,/^<\/style>$/{//!d}; /^<script>$/,/^<\/script>$/{//!d}' "$work/$name"
	if [ "$status" != "$expected" ]; then
		printf "FAILED: 'hvcheck %s': status %s, not %s\n" "$*" "$status" "$expected"
		return 1
	fi
	# Nothing is wider than its page but what is to be pasted, and the matrix of collide.
	if [[ $name =~ \.(80|100)$ ]] && awk -v most="${BASH_REMATCH[1]}" '!/hvcheck / &&
		!/^ +([0-9]+  [a-z].* )?[-0-9.:=+ ]+$/ && length > most { print; wide = 1 }
		END { exit !wide }' "$work/$name"; then
		printf 'FAILED: %s: these lines are too long\n' "$name"
		return 1
	fi
	if $rebase; then
		cp "$work/$name" "$folder/$name"
	elif ! diff -u --label "conformance/golden/$name" --label "hvcheck $*" \
		"$folder/$name" "$work/$name"; then
		printf 'FAILED: %s (if the new report is right: conformance/golden/rebase.sh)\n' "$name"
		return 1
	fi
}

wanted=" $* " failed=0 found=0
while read -r name status arguments; do
	[[ $name != '#'* && -n $name ]] || continue
	[ "$wanted" = '  ' ] || [[ $wanted == *" $name "* ]] || continue
	found=$((found + 1))
	# shellcheck disable=SC2086 # words of the command
	one "$name" "$status" $arguments </dev/null || failed=$((failed + 1))
done <"$folder/cases"
[ "$found" -gt 0 ] || { echo "compare.sh: no such case:$wanted" >&2; exit 2; }
[ "$failed" = 0 ]
