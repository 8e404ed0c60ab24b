# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by the tests of this folder: the build, which is their first argument, installed in a
# folder of its own whose name no build has seen.
set -euo pipefail
export LC_ALL=C
unset DESTDIR CMAKE_PREFIX_PATH PKG_CONFIG_PATH LD_LIBRARY_PATH NO_COLOR
export CMAKE_GENERATOR=Ninja # the one that is there wherever this was built by CMakePresets.json

# shellcheck disable=SC2034 # used by those that source this
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { # MESSAGE
	printf 'FAILED: %s\n' "$1"
	exit 1
}

quietly() { # COMMAND...: what it prints is shown only when it fails
	"$@" >log 2>&1 || { cat log; fail "$*"; }
}

install_tree() { # FOLDER: as its prefix
	quietly cmake --install "$build" --prefix "$1"
	# shellcheck disable=SC2034
	libdir=$(dirname "$(find "$1" -name libhvcheck.so)")
}
