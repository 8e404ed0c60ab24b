#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What cannot be done is refused in one line, with status 2 and without a report: each command of
# refusals.txt, with the line below it. HVC_REBASE=1 writes these lines anew: read what changed.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

printf 'not an image' >text
printf '\177ELF' >elf
head -c 4096 /dev/zero >raw
# An image cut short: an ELF header that promises more than there is
# (magic, class, order, version, padding; ET_EXEC, EM_AARCH64, version; entry; phoff 64; ...)
{
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0'
	printf '\2\0\267\0\1\0\0\0'
	printf '\0\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
	printf '\0\0\0\0\100\0\070\0\1\0\0\0\0\0\0\0'
	printf '\1\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0'
} >truncated
printf '# an ABI\nbogus: 1\n' >bogus.yaml
printf '%s\n' 'abi: open' 'title: t' 'source: s' 'callers: el1h' 'instructions: hvc' 'rules:' \
	'  - name: any' '    default: true' '    outcome: unspecified' >open.yaml

times() { # COUNT WORD...: these words so many times, %d being the number of the time
	local count=$1
	shift
	for ((i = 0; i < count; i++)); do
		printf '%s\n' "${@//%d/$i}"
	done
}

while IFS= read -r line; do
	case $line in
	'' | '#'*) printf '%s\n' "$line" ;;
	$'\t'*) ;;
	*)
		eval "expect 2 $line" >&2
		printf '%s\n\t%s\n' "$line" "$(cat err)"
		;;
	esac
done <"$source/conformance/cli/refusals.txt" >told 2>failed
cat failed
failures=$((failures + $(wc -l <failed)))
[ -z "${HVC_REBASE:-}" ] || cp told "$source/conformance/cli/refusals.txt"
diff "$source/conformance/cli/refusals.txt" told || complain 'it says something else'
finish
