#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The shared library exports what the public headers declare with HVC_API, and nothing else; the
# static one defines nothing outside its name space.
#   symbols.sh BUILD
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
install_tree "$work/prefix"

# Each declaration begins with HVC_API; the function's name is the word before the first parenthesis.
cat prefix/include/hvcheck/*.h | grep -v '^ *#' | tr '\n' ' ' |
	grep -oE 'HVC_API [^;]*;' | sed -E 's/^HVC_API *([^(]*)\(.*/\1/; s/.*[ *]//' | sort -u >declared
nm -D --defined-only "$libdir/libhvcheck.so" | awk '{ print $3 }' | sort -u >exported
diff -u declared exported || fail 'declared (-) and exported (+) functions differ'
[ "$(wc -l <declared)" -gt 60 ] || fail 'few functions are declared'
! grep -vE '^hvc_[a-z0-9]+(_[a-z0-9]+)*$' exported || fail 'these names are not public ones'
readelf -d "$libdir/libhvcheck.so" | grep -qF 'soname: [libhvcheck.so.0]' || fail 'no soname'
nm -g --defined-only "$libdir/libhvcheck.a" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >defined
! grep -v '^hvc_' defined || fail 'libhvcheck.a defines these'

# One include has all that needs no other library.
for header in prefix/include/hvcheck/*.h; do
	name=${header##*/}
	! grep -qE '^ *# *include (<unicorn|<check|"hvcheck/unicorn)' "$header" || continue
	[ "$name" = hvcheck.h ] || grep -qF "\"hvcheck/$name\"" prefix/include/hvcheck/hvcheck.h ||
		fail "hvcheck.h does not include $name"
	# Each stands alone.
	printf '#include "hvcheck/%s"\n' "$name" >alone.c
	quietly "${CC:-cc}" -std=c11 -pedantic -Wall -Wextra -Werror -Iprefix/include -c -o alone.o alone.c
done
