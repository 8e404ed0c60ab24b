#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ci/jobs/build.sh: what the action and the GitLab job build hvcheck with, once and no more.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

"$source/ci/jobs/build.sh" "$work/prefix" >out 2>&1 || complain "it failed: $(tail -n 5 out)"
"$work/prefix/bin/hvcheck" list >out 2>&1 || complain "what it installed does not run: $(cat out)"
says out linux-stub-4.12
"$source/ci/jobs/build.sh" "$work/prefix" >out 2>&1 || complain "once more, it failed: $(cat out)"
says out 'is built already'
finish
