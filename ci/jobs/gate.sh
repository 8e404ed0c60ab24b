#!/bin/sh
# SPDX-License-Identifier: MIT
# The gate of a CI job: hold vectors to their ABI, or to a kept map, and leave every report that
# a CI system can show. The GitHub action and the GitLab job call this; so can any other.
#
#   HVC_SUBJECT=build/el2.elf@vectors HVC_ABI=el2.yaml gate.sh
#   HVC_SUBJECT=build/el2.elf@vectors HVC_BASELINE=el2.map gate.sh
#
#   HVC_SUBJECT   what to look at, as 'hvcheck check --help' says
#   HVC_ABI       specification that it must keep to, or
#   HVC_BASELINE  map that it must equal, made by 'hvcheck map SUBJECT --format map'
#   HVC_FAIL_ON   the least level of a finding that fails the job: error, warning, note, never
#   HVC_SUPPRESS  file of findings that are known, with reason, owner and expiry
#   HVC_ARGS      further arguments, parted by blanks
#   HVC_REPORTS   folder for hvcheck.txt, .json, .xml (JUnit), .sarif and .md (hvcheck-reports)
#   HVCHECK       the program (hvcheck)
#
# Exit status: 0 holds or equal, 1 violates or differs, 2 could not tell.
set -u

die() {
	printf 'gate.sh: %s\n' "$1" >&2
	exit 2
}

subject=${HVC_SUBJECT:-} abi=${HVC_ABI:-} baseline=${HVC_BASELINE:-}
reports=${HVC_REPORTS:-hvcheck-reports} program=${HVCHECK:-hvcheck}
[ -n "$subject" ] || die 'HVC_SUBJECT is not set'
[ -z "$abi" ] || [ -z "$baseline" ] || die 'HVC_ABI and HVC_BASELINE are both set: one gate holds to one of them'
command -v "$program" >/dev/null || die "no '$program' in PATH"
mkdir -p "$reports" || die "cannot make the folder '$reports'"
# What an earlier run left must not pass for this one's.
rm -f "$reports"/hvcheck.txt "$reports"/hvcheck.json "$reports"/hvcheck.xml \
	"$reports"/hvcheck.sarif "$reports"/hvcheck.md "$reports"/hvcheck.github

if [ -n "$baseline" ]; then
	set -- diff "$baseline" "$subject"
elif [ -n "$abi" ]; then
	set -- check "$subject" --abi "$abi"
else
	set -- check "$subject"
fi
[ -z "${HVC_FAIL_ON:-}" ] || set -- "$@" --fail-on "$HVC_FAIL_ON"
[ -z "${HVC_SUPPRESS:-}" ] || set -- "$@" --suppress "$HVC_SUPPRESS"
# shellcheck disable=SC2086 # parted by blanks
set -- "$@" ${HVC_ARGS:-}

status=0
"$program" "$@" --output "$reports/hvcheck.txt" \
	--report "json=$reports/hvcheck.json" --report "junit=$reports/hvcheck.xml" \
	--report "sarif=$reports/hvcheck.sarif" --report "markdown=$reports/hvcheck.md" \
	--report "github=$reports/hvcheck.github" || status=$?
[ "$status" -le 2 ] || status=2 # killed: nobody can tell
if [ "$status" = 2 ]; then
	[ "${GITHUB_ACTIONS:-}" != true ] || printf '::error title=hvcheck::could not tell: see the log\n'
	exit 2
fi

cat "$reports/hvcheck.txt"
if [ "${GITHUB_ACTIONS:-}" = true ]; then
	cat "$reports/hvcheck.github"
	[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$reports/hvcheck.md" >>"$GITHUB_STEP_SUMMARY"
	[ -z "${GITHUB_OUTPUT:-}" ] || {
		printf 'status=%s\n' "$status"
		printf 'reports=%s\n' "$reports"
		printf 'sarif=%s\n' "$reports/hvcheck.sarif"
	} >>"$GITHUB_OUTPUT"
fi
exit "$status"
