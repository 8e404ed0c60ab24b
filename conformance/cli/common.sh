# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by the tests of this folder, which take the program as their argument: they run it as
# a user would, count what does not hold, and say each such thing.
set -u
export LC_ALL=C
unset NO_COLOR
# Lines as long as they come, so that what a test looks for is in one.
export COLUMNS=0

hvcheck=$(realpath "$1")
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

complain() { # MESSAGE
	printf 'FAILED: %s\n' "$1"
	failures=$((failures + 1))
}

# Run hvcheck; out and err hold what it wrote, status how it ended.
run() { # ARGUMENT...
	"$hvcheck" "$@" >out 2>err
	status=$?
}

# It ends with this status; with 2, and only then, there is one line on standard error and no
# report.
expect() { # STATUS ARGUMENT...
	local expected=$1
	shift
	run "$@"
	[ "$status" = "$expected" ] || complain "'hvcheck $*': status $status, not $expected"
	[ "$expected" != 2 ] || [ "$(wc -l <err)" = 1 ] ||
		complain "'hvcheck $*': $(wc -l <err) lines on standard error, not 1"
	[ "$expected" != 2 ] || grep -q ': error: ' err ||
		complain "'hvcheck $*': no 'error:' in: $(cat err)"
	[ "$expected" != 2 ] || [ ! -s out ] || complain "'hvcheck $*': a report in spite of status 2"
	[ "$expected" = 2 ] || [ ! -s err ] || complain "'hvcheck $*': $(cat err)"
}

# There is a report, but it is no answer: status 2, and one line on standard error says why.
doubt() { # WHY ARGUMENT...
	local why=$1
	shift
	run "$@"
	[ "$status" = 2 ] || complain "'hvcheck $*': status $status, not 2"
	[ -s out ] || complain "'hvcheck $*': no report"
	[ "$(grep -c ': error: ' err)" = 1 ] || complain "'hvcheck $*': not one error in: $(cat err)"
	sed -i "/: note: /d" err
	grep -qF -- "$why" err || complain "'$why' is not in: $(cat err)"
}

# The last run said this.
says() { # FILE TEXT
	grep -qF -- "$2" "$1" || complain "'$2' is not in: $(cat "$1")"
}

# Each call that the last report prints shows what the line above it says, "RULE  CALL: WHAT".
shows_its_calls() { # [STATUS OF EACH]
	local above='' line word shown=0 wanted=${1:-1}
	cp out report
	while read -r line; do
		if [[ $line == 'hvcheck run '* ]]; then
			# shellcheck disable=SC2086 # words of the command
			run ${line#hvcheck }
			[ "$status" = "$wanted" ] || complain "'$line': status $status"
			above=${above#*: }
			says out "${above%; wrong in this call, too: *}"
			[[ $above != *'; wrong in this call, too: '* ]] ||
				for word in $(sed 's/.*; wrong in this call, too: //; s/; by .*//' <<<"$above"); do
					says out "${word%,}"
				done
			shown=$((shown + 1))
		fi
		above=$line
	done <report
	[ "$shown" -gt 0 ] || complain 'no call is printed'
	cp report out
}

finish() {
	[ "$failures" = 0 ] || printf '%s failed\n' "$failures"
	[ "$failures" = 0 ]
	exit
}
