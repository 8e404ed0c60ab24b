#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Two builds in two folders, on two days, give the same bytes: program, libraries, packages.
#   reproducible.sh BUILD
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
compiler=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")
tools=$(sed -n 's/^HVC_VECTOR_TOOLS:[A-Z]*=//p' "$build/CMakeCache.txt")
export CCACHE_DISABLE=1 # it would give the first build's objects to the second
export SOURCE_DATE_EPOCH=1700000000

build_in() { # FOLDER NAME-OF-THE-BUILD-FOLDER
	mkdir -p "$1"
	(cd "$source" && find . \( -path ./build -o -path ./.git \) -prune -o -type f -print0 | tar --null -T - -c) |
		tar -x -m -C "$1"
	quietly cmake -G Ninja -S "$1" -B "$1/$2" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF \
		-DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_C_COMPILER="$compiler" -DHVC_VECTOR_TOOLS="$tools"
	quietly cmake --build "$1/$2"
	if command -v dpkg-shlibdeps >/dev/null; then
		(cd "$1/$2" && quietly cpack -G DEB)
	fi
	mkdir "$1/made"
	find "$1/$2" \( -name hvcheck -o -name 'libhvcheck.*' -o -name '*.deb' \) -type f \
		-not -path '*/_CPack_Packages/*' -exec cp {} "$1/made" \;
}

build_in one build
sleep 1
build_in elsewhere/another-name build/of-it
[ "$(find one/made -type f | wc -l)" -ge 3 ] || fail 'little was built'
(cd one/made && sha256sum -- *) >one.sums
(cd elsewhere/another-name/made && sha256sum -- *) >other.sums
diff one.sums other.sums || fail 'the two builds differ'
cat one.sums
