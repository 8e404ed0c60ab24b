#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The ready-made CI jobs of ci/jobs, run as their CI systems do, on a hypervisor's own tree: the
# plain gate, the GitHub action and the GitLab job. One that holds, one that is broken, one that
# cannot be told.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

if ! python3 -c 'import yaml' 2>/dev/null; then
	echo 'skipped: no python3 with yaml (Debian: apt-get install python3-yaml)'
	exit 77
fi
jobs=$source/ci/jobs steps=$source/conformance/jobs/steps.py
as=aarch64-linux-gnu-as ld=aarch64-linux-gnu-ld
command -v $as >/dev/null || as=as ld=ld
unset GITHUB_ACTIONS GITHUB_OUTPUT GITHUB_STEP_SUMMARY
cp "$source"/examples/hypervisor/{vectors.S,lodge.yaml} .
export HVCHECK=$hvcheck

assemble() { # NAME
	"$as" -o v.o vectors.S && "$ld" -Ttext=0x80080000 -e lodge_vectors -o "$1" v.o
}
assemble good.elf || exit 2
sed -i 's/cbz	x0, version/cbnz	x0, version/' vectors.S
assemble bad.elf || exit 2
"$hvcheck" map good.elf@lodge_vectors --brief --format map -o good.map || complain 'no map'

ended() { # STATUS COMMAND...
	local expected=$1 status=0
	shift
	"$@" >out 2>err || status=$?
	[ "$status" = "$expected" ] || complain "'$*' ended with $status, not $expected: $(cat out err)"
}

# Plain.
ended 0 env HVC_SUBJECT=good.elf@lodge_vectors HVC_ABI=lodge.yaml HVC_ARGS=--brief "$jobs/gate.sh"
for report in txt json xml sarif md; do
	[ -s hvcheck-reports/hvcheck.$report ] || complain "no hvcheck.$report"
done
ended 1 env HVC_SUBJECT=bad.elf@lodge_vectors HVC_ABI=lodge.yaml HVC_ARGS=--brief "$jobs/gate.sh"
says out 'version'
grep -q '<failure' hvcheck-reports/hvcheck.xml || complain 'no failure in JUnit'
ended 0 env HVC_SUBJECT=bad.elf@lodge_vectors HVC_ABI=lodge.yaml HVC_ARGS=--brief HVC_FAIL_ON=never "$jobs/gate.sh"
ended 0 env HVC_SUBJECT=good.elf@lodge_vectors HVC_BASELINE=good.map HVC_ARGS=--brief "$jobs/gate.sh"
ended 1 env HVC_SUBJECT=bad.elf@lodge_vectors HVC_BASELINE=good.map HVC_ARGS=--brief "$jobs/gate.sh"
ended 2 env HVC_SUBJECT=none.elf HVC_ABI=lodge.yaml "$jobs/gate.sh"
[ ! -e hvcheck-reports/hvcheck.xml ] || complain 'a report of an earlier run passes for this one'
ended 2 env HVC_SUBJECT=none.elf HVC_ABI=lodge.yaml HVC_FAIL_ON=never "$jobs/gate.sh"
ended 2 "$jobs/gate.sh"
says err 'HVC_SUBJECT is not set'

# GitHub.
action() { # STATUS INPUT=VALUE...
	local expected=$1
	shift
	ended "$expected" python3 "$steps" github "$jobs/github/action.yml" "$work" "hvcheck=$hvcheck" args=--brief "$@"
}
action 0 subject=good.elf@lodge_vectors abi=lodge.yaml
says out 'output status=0'
says out 'output sarif=hvcheck-reports/hvcheck.sarif'
action 1 subject=bad.elf@lodge_vectors abi=lodge.yaml reports=elsewhere
says out '::error '
grep -A50 '^summary:' out | grep -q 'version' || complain 'nothing in the summary'
[ -s elsewhere/hvcheck.sarif ] || complain 'no SARIF where it was asked for'
action 2 subject=none.elf abi=lodge.yaml
says out '::error title=hvcheck::'
action 3 abi=lodge.yaml

# GitLab, hvcheck built before.
mkdir -p tree/ci/jobs .hvcheck/bin
cp "$jobs/gate.sh" tree/ci/jobs/
printf '#!/bin/sh\nexit 0\n' >tree/ci/jobs/build.sh
chmod +x tree/ci/jobs/build.sh
ln -s "$hvcheck" .hvcheck/bin/hvcheck
unset HVCHECK
job() { # STATUS VARIABLE=VALUE...
	local expected=$1
	shift
	rm -rf hvcheck-reports
	ended "$expected" python3 "$steps" gitlab "$jobs/gitlab/hvcheck.yml" .hvcheck "$work" HVCHECK_SOURCE=tree HVC_ARGS=--brief "$@"
	[ "$expected" = 2 ] || ! grep -q 'no artifact' out || complain "$(cat out)"
}
job 0 HVC_SUBJECT=good.elf@lodge_vectors HVC_ABI=lodge.yaml
job 1 HVC_SUBJECT=bad.elf@lodge_vectors HVC_ABI=lodge.yaml
job 2 HVC_SUBJECT=none.elf HVC_ABI=lodge.yaml
finish
