#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The program and the shared library are built to be hard to turn against their user, and name no
# folder of the machine that built them.
#   hardened.sh BUILD
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
if ! grep -q '^HVC_HARDEN:BOOL=ON' "$build/CMakeCache.txt"; then
	echo 'skipped: built with HVC_HARDEN=OFF'
	exit 77
fi
install_tree prefix

has() { # FILE TEXT WHAT
	grep -qE -- "$2" "$1" || fail "$binary: $3"
}
hasnt() { # FILE TEXT WHAT
	! grep -E -- "$2" "$1" || fail "$binary: $3"
}

for binary in prefix/bin/hvcheck "$libdir/libhvcheck.so"; do
	readelf -hldW "$binary" >about
	readelf -W --dyn-syms "$binary" >symbols
	objdump -d "$binary" >code
	strings -a "$binary" >words
	has about 'Type: +DYN' 'its place is fixed'
	[ "$binary" != prefix/bin/hvcheck ] || has about 'Flags:.* PIE' 'no PIE'
	has about 'GNU_RELRO' 'no RELRO'
	has about 'BIND_NOW|Flags:.* NOW' 'symbols are bound late: RELRO is partial'
	has about 'GNU_STACK .* RW ' 'the stack can be executed'
	hasnt about 'TEXTREL' 'code is written to'
	hasnt about 'RPATH|RUNPATH' 'it looks for libraries in a folder of its own'
	hasnt about 'LOAD .* R?WE ' 'memory to write and to execute'
	has symbols '__stack_chk_fail' 'no stack protector'
	has symbols '__[a-z]*(memcpy|printf)_chk' 'no fortified calls'
	case $(uname -m) in
	x86_64) landings=$(grep -c endbr64 code) || true ;;
	aarch64) landings=$(grep -cE 'paciasp|bti' code) || true ;;
	*) landings=1000 ;;
	esac
	[ "$landings" -gt 500 ] || fail "$binary: only $landings functions may be jumped to"
	# Whole paths: a tree at /hvcheck shares its name with much.
	for word in "$source" "$build"; do
		! grep -P -- "(?<![\\w.}-])\\Q$word\\E(?![\\w.-])" words ||
			fail "$binary: it names its builder's folder"
	done
done
