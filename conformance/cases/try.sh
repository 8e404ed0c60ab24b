#!/bin/bash
# SPDX-License-Identifier: MIT
# Run what `wanted` lists of one kind, or of all: try.sh HVCHECK FOLDER [KIND]. FOLDER has the
# assembled inputs. Each command ends as it should, and its findings are those that are named.
here=$(cd "$(dirname "$0")" && pwd)
folder=$(realpath "$2") only=${3:-}
. "$here/../cli/common.sh"

# The rules of a JSON report's findings, each with how often, as `wanted` writes them.
named() {
	sed -n '/"results"/,$p' | grep -o '"id": "[a-z-]*"' | cut -d'"' -f4 | sort | uniq -c |
		awk '{ printf "%s%s%s", (NR > 1 ? "," : ""), $2, ($1 > 1 ? "*" $1 : "") }'
}

while read -r status findings args; do
	case $status in
	'##') kind=$findings && continue ;;
	'' | '#'*) continue ;;
	esac
	[ -z "$only" ] || [ "$kind" = "$only" ] || continue
	line=()
	for word in $args; do
		case $word in
		*.elf | *.elf@*) line+=("$folder/$word") ;;
		*.yaml) line+=("$here/$word") ;;
		*) line+=("$word") ;;
		esac
	done
	expect "$status" "${line[@]}" --format json
	found=$(named <out)
	[ "${found:--}" = "$findings" ] ||
		complain "'hvcheck $args' finds ${found:-nothing}, not $findings"
done <"$here/wanted"
[ "$failures" = 0 ]
