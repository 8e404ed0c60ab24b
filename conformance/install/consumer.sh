#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The installed tree, used as its users use it: through pkg-config with the shared and with the
# static library, through find_package, from C++, and after it was moved elsewhere.
#   consumer.sh BUILD
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
here=$source/conformance/install

cat >expected <<'EOF'
linux-stub-4.12, x0 = 0x2: return, rule reset_vectors, conforms
linux-stub-4.12, x0 = 0x63: return, rule unknown, conforms
EOF

uses() { # PROGRAM yes|no: it classifies calls; does it load the shared library?
	local loads=no
	quietly env LD_LIBRARY_PATH="$libdir" "$1"
	diff -u expected log || fail "$1"
	! readelf -d "$1" | grep -qF '[libhvcheck.so.0]' || loads=yes
	[ "$loads" = "$2" ] || fail "$1 loads the shared library: $loads"
}

# First into a DESTDIR, then moved: nothing may remember where it was.
quietly env DESTDIR="$work/stage" cmake --install "$build" --prefix /opt/hv
mv stage/opt/hv prefix
libdir=$(dirname "$(find "$work/prefix" -name libhvcheck.so)")
for word in "$source" "$build" "$work/stage" /opt/hv; do
	# As a whole path: the tree may be /hvcheck, and headers lie in include/hvcheck.
	! grep -rlaP -- "(?<![\\w.}-])\\Q$word\\E(?![\\w.-])" prefix || fail "these installed files name $word"
done

export PKG_CONFIG_PATH=$libdir/pkgconfig
cc=${CC:-cc}
words() { # PKG-CONFIG-ARGUMENT...: into the array flags
	read -r -a flags <<<"$(pkg-config "$@" hvcheck)"
}
version=$("prefix/bin/hvcheck" --version | sed 's/^hvcheck \([0-9.]*\) .*/\1/')
[ "$(pkg-config --modversion hvcheck)" = "$version" ] || fail "hvcheck.pc is not of $version"
[ -e "$(pkg-config --variable=datadir hvcheck)/abi/xen.yaml" ] || fail 'datadir has no abi/xen.yaml'
words --cflags --libs
quietly "$cc" -std=c11 -Wall -Wextra -Werror -o pc-shared "$here/consumer.c" "${flags[@]}"
uses ./pc-shared yes
words --static --cflags --libs
quietly "$cc" -o pc-static "$here/consumer.c" "${flags[@]/#-lhvcheck/-l:libhvcheck.a}"
uses ./pc-static no

# The layer for an engine of one's own, which is all in headers.
words --cflags --libs unicorn
quietly "$cc" -std=c11 -Wall -Wextra -Werror -o entry \
	"$source/examples/unicorn_entry/unicorn_entry.c" "${flags[@]}"
quietly env LD_LIBRARY_PATH="$libdir" ./entry
diff -u "$source/examples/unicorn_entry/expected.txt" log || fail 'examples/unicorn_entry'

quietly cmake -S "$here" -B project -DCMAKE_PREFIX_PATH="$work/prefix"
quietly cmake --build project
uses project/shared yes
uses project/static no
if grep -qE '^CMAKE_CXX_COMPILER:[A-Z]*=(.*-)?NOTFOUND$' project/CMakeCache.txt; then
	echo 'no C++ compiler: not tried'
else
	uses project/cxx yes
fi
# An interface that may have changed is not taken.
sed 's/hvcheck 0.1/hvcheck 0.0/' "$here/CMakeLists.txt" >CMakeLists.txt
cp "$here"/consumer.* .
! cmake -S . -B other -DCMAKE_PREFIX_PATH="$work/prefix" >log 2>&1 || fail 'version 0.0 is found'
grep -q 'version: 0.1.0' log || { cat log; fail 'the refusal does not name the version'; }
