#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Debian packages: built as CONTRIBUTING says, without errors of lintian, and of use on a new
# machine that has nothing but them and what they depend on.
#   package.sh FOLDER      to build in
#   package.sh installed   on that machine: install /with/*.deb and use them
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

fail() { # MESSAGE
	printf 'FAILED: %s\n' "$1"
	exit 1
}
quietly() { # COMMAND...
	"$@" >"$log" 2>&1 || { cat "$log"; fail "$*"; }
}

if [ "$1" = installed ]; then
	log=/tmp/log
	quietly apt-get -q update
	quietly apt-get -q -y --no-install-recommends install /with/hvcheck_*.deb
	hvcheck --version
	hvcheck check m1n1 --brief --quiet || fail 'the installed program'
	[ -e /usr/share/man/man1/hvcheck.1.gz ] || fail 'no page'
	quietly apt-get -q -y --no-install-recommends install /with/*.deb gcc libc6-dev pkg-config
	# shellcheck disable=SC2046 # words
	quietly gcc -Wall -Werror -o /tmp/consumer /with/consumer.c $(pkg-config --cflags --libs hvcheck)
	/tmp/consumer | grep -qxF 'linux-stub-4.12, x0 = 0x2: return, rule reset_vectors, conforms' ||
		fail 'the consumer'
	quietly apt-get -q -y purge hvcheck libhvcheck0 libhvcheck-dev
	[ -z "$(find /usr -name '*hvcheck*' -print -quit)" ] || fail 'something is left behind'
	exit
fi

for tool in dpkg-shlibdeps lintian cpack; do
	command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
build=$1
mkdir -p "$build"
log=$build/log
rm -rf "$build"/with "$build"/*.deb
quietly cmake -S "$source" -B "$build" -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_TESTING=OFF \
	-DCMAKE_BUILD_TYPE=RelWithDebInfo
quietly cmake --build "$build" --parallel 2
cd "$build"
log=log
quietly cpack -G DEB
lintian --allow-root --fail-on error ./*.deb || fail 'lintian'
[ "$(dpkg-deb -f hvcheck_*.deb Depends | grep -o 'libunicorn')" = libunicorn ] || fail 'Depends'
for package in hvcheck libhvcheck0 libhvcheck-dev; do
	[ -e "$(echo "$package"_[0-9]*.deb)" ] || fail "no $package"
done

if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
	echo 'not installed: needs root and debootstrap'
	exit 77
fi
mkdir with
cp ./*.deb "$source/conformance/install/consumer.c" "$source/conformance/install/package.sh" with
# The machine has the release that the packages were built on.
"$source/ci/fresh" --with "$build/with" "$(. /etc/os-release && echo "$VERSION_CODENAME")" \
	bash /with/package.sh installed
