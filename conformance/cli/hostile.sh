#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Nothing in a name or a string reaches a terminal, a page, a CI runner or a shell as more than text.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"
command -v python3 >/dev/null || { echo 'skipped: no python3'; exit 77; }
# The suppressions are good until 2027-01-31.
export SOURCE_DATE_EPOCH=1801439999
python3 "$source/conformance/cli/hostile.py" "$hvcheck" || failures=1
finish
