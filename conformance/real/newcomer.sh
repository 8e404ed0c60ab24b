#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The newcomer's path of README.md, from nothing to a checked kernel, in a copy of this tree: the
# commands are read from README, run, and timed.
#
#   newcomer.sh [FOLDER]   packages of Debian in FOLDER are not downloaded again
#
# Exit status: 0 all work, 1 one does not, 77 the kernel could not be had (one line says why).
. "$(dirname "${BASH_SOURCE[0]}")/../../ci/common.sh"

folder=${1:-}
[ -z "$folder" ] || folder=$(mkdir -p "$folder" && cd "$folder" && pwd -P)
commands=$(awk '/^## The first five minutes/ { inside = 1; next } /^## / { inside = 0 }
	inside && /^    (ci|cmake|kernel=|build)/ { print substr($0, 5) }' README.md)
[ "$(wc -l <<<"$commands")" -ge 4 ] || die 'README.md has no such path'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/hvcheck"
tree_files | tar -c -T - | tar -x -C "$work/hvcheck"
cd "$work/hvcheck"
[ -z "$folder" ] || { mkdir build && ln -s "$folder" build/real; }

while read -r line; do
	printf '\n$ %s\n' "$line"
	begin=$SECONDS status=0
	eval "$line" >"$work/out" 2>&1 || status=$?
	head -n 12 "$work/out"
	cat "$work/out" >>"$work/all"
	printf '(%d s)\n' $((SECONDS - begin))
	# What it finds is an answer, too.
	[ "$status" = 1 ] && grep -q '^FAIL  ' "$work/out" && status=0
	[ "$status" = 0 ] || exit "$([ "$status" = 77 ] && echo 77 || echo 1)"
done <<<"$commands"
grep -q '65,536 immediates taken' "$work/all" || die 'the check tells nothing of 65,536 immediates'
grep -q 'no call of the ABI' "$work/all" || die 'no call is told that the hypervisor does not answer'
printf '\nfrom nothing to a checked kernel: %d:%02d\n' $((SECONDS / 60)) $((SECONDS % 60))
