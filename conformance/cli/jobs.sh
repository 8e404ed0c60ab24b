#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The same bytes for any number of jobs, and each time.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

same() { # JOBS ARGUMENT...: as with one job
	local jobs=$1
	shift
	"$hvcheck" "$@" --jobs 1 >first
	for jobs in $jobs; do
		"$hvcheck" "$@" --jobs "$jobs" >again
		cmp -s first again || complain "'hvcheck $*': --jobs $jobs gives another report"
	done
	[ -s first ] || complain "'hvcheck $*': no report"
}

same '1 2 5' map linux-stub-3.8 --format json --brief --randoms 0
same 2 check linux-stub-3.8 --abi linux-stub-4.7 --brief --randoms 0
for command in 'diff linux-stub-3.8 linux-stub-4.7' 'safety linux-stub-3.8'; do
	# shellcheck disable=SC2086
	"$hvcheck" $command --jobs 2 >first 2>&1
	[ $? = 2 ] || complain "'hvcheck $command' takes --jobs, and has one process"
done
finish
