#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Build this tree's hvcheck for a CI job and put it into PREFIX/bin ($HOME/.cache/hvcheck, a
# folder that CI systems can cache). Does nothing where that holds this tree's already.
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

prefix=${1:-$HOME/.cache/hvcheck}
state=$(tree_files | grep -E '^(CMakeLists.txt|CMakePresets.json|ci/cmake|emu|include|vectors|conformance/abi|conformance/oracle|conformance/registry)' |
	xargs cat | cksum)
if [ -x "$prefix/bin/hvcheck" ] && [ "$(cat "$prefix/state" 2>/dev/null)" = "$state" ]; then
	printf 'hvcheck is built already\n'
	exit 0
fi
ci/setup build
cmake -S . -B "$prefix/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
	-DCMAKE_INSTALL_PREFIX="$prefix"
cmake --build "$prefix/build" --parallel "$jobs"
cmake --install "$prefix/build"
printf '%s\n' "$state" >"$prefix/state"
