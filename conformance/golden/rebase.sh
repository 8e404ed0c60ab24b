#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Keep the reports that hvcheck writes now, all or those named; then read what changed:
#   conformance/golden/rebase.sh [NAME...] && git diff conformance/golden
# HVCHECK names the program, if it is not the one in build/default.
set -eu
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
exec "$folder/compare.sh" --rebase "${HVCHECK:-$folder/../../build/default/hvcheck}" "$@"
