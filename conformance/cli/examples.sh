#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Help has examples of each command, and they are right: those with built-in subjects run, the
# others fail only for the file that is not here.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

commands=$("$hvcheck" help | awk '/^commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')
[ "$(wc -w <<<"$commands")" -gt 9 ] || complain "few commands: $commands"
for command in $commands; do
	"$hvcheck" "$command" --help >help
	sed -n '/^examples:/,$s/^  hvcheck //p' help >examples
	[ "$(wc -l <examples)" -ge 2 ] || complain "$command has less than two examples"
	# Fewer calls, where the line does not choose itself.
	fewer=()
	! grep -q '^ *--brief' help || fewer+=(--brief)
	! grep -q '^ *--from' help || fewer+=(--from el1h)
	while read -r -a words; do
		[ "${words[0]}" = "$command" ] || complain "help of $command has: ${words[*]}"
		case " ${words[*]} " in
		*' --from '* | *' diff --abi '*) run "${words[@]}" ;;
		*) run "${words[@]}" "${fewer[@]}" ;;
		esac
		[ "$status" = 2 ] || continue
		if ! grep -qE ': error: (no such built-in or file|cannot open|No such file)' err ||
			! grep -qE '[./@]|vmlinu' <<<"${words[*]}"; then
			complain "hvcheck ${words[*]}: $(cat err)"
		fi
	done <examples
done
finish
