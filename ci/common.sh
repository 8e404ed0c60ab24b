# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by the scripts of this folder: where the tree is, how it is built, how to complain.
#
# They run on machines as bare as a chroot without /proc, so none uses <(...) or /dev/stdin.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"

die() { # MESSAGE: one line, and the status that means "could not tell"
	printf '%s: %s\n' "ci/${0##*/}" "$1" >&2
	exit 2
}

jobs=$(nproc)

# A build folder that was copied along with the tree remembers the path it came from, and CMake
# refuses it; --fresh makes it forget.
configure() { # PRESET [CMAKE-ARGUMENT...]
	local preset=$1 cache=build/$1/CMakeCache.txt fresh=()
	shift
	if [ -e "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
		fresh=(--fresh)
	fi
	cmake "${fresh[@]}" --preset "$preset" "$@"
}

build() { # PRESET [CMAKE-ARGUMENT...]: configure and build build/PRESET
	configure "$@" && cmake --build --preset "$1" --parallel "$jobs"
}

# The files of the tree by their paths, without what git ignores; where there is no git, without
# the build folder.
tree_files() {
	{
		if [ -e .git ] && command -v git >/dev/null; then
			git -c safe.directory='*' ls-files --cached --others --exclude-standard
		else
			find . \( -path ./build -o -path ./.git \) -prune -o -type f -print
		fi
	} | sed 's,^\./,,' | sort -u | while read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file" # git also names what was just removed
	done
}
