#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The assertions for Check, in the sample hypervisor's own suite and with nothing but what is
# installed: they hold, and each fails when what it says is false, with the values.
#   check.sh BUILD
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
install_tree "$work/prefix"
sample=$source/examples/hypervisor
export PKG_CONFIG_PATH=$libdir/pkgconfig LD_LIBRARY_PATH=$libdir
read -r -a flags <<<"$(pkg-config --cflags --libs hvcheck check)"
cp "$build/lodge.elf" .

suite() { # SED-COMMAND: build and run the suite so changed; the log is what it prints
	sed "$1" "$sample/test_lodge.c" >test.c
	quietly "${CC:-cc}" -std=c11 -Wall -Wextra -Wshadow -Werror -o suite test.c \
		"-DLODGE_ABI=\"$sample/lodge.yaml\"" "${flags[@]}"
	./suite >log 2>&1
}
fails() { # SED-COMMAND TEXT
	! suite "$1" || fail "the suite holds with $1"
	! cmp -s test.c "$sample/test_lodge.c" || fail "nothing changed: $1"
	grep -qF "$2" log || { cat log; fail "not told: $2"; }
	grep -qE '^(test.c|.*/ck.h):[0-9]*:F:' log || { cat log; fail 'the place is not told'; }
}

suite '' || { cat log; fail 'the suite of the sample hypervisor'; }
grep -q '100%: Checks: 3' log || fail 'the suite has not run'
fails 's/_OUTCOME_RETURN/_OUTCOME_INJECT/' 'hvc #0x0: return at 0x4000100004, not inject'
fails 's/HVC_REG_X0, value/HVC_REG_X0, value + 1/' 'hvc #0x0: x0 is 0x1, not 0x2'
fails 's/HVC_REG_X0, HVC_REG_TPIDR_EL2/HVC_REG_X0/' \
	'hvc #0x0: tpidr_el2 was 0x1d20000000002200, is 0x1'
fails 's/preserved(&t, HVC_REG_X0/preserved(\&t, HVC_REG_X30/' 'hvc #0x0: x0 was 0x1, is 0x0'
fails 's/(vectors, LODGE_ABI)/(vectors, "xen")/' 'lodge_vectors violates xen: '
fails 's/(vectors, LODGE_ABI)/(vectors, "nosuch")/' "cannot tell: "
fails 's/(&t, vectors)/(\&t, "nosuch")/' 'not found: '
