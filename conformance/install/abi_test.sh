#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# hvcheck_add_abi_test, in a tree that has nothing but the installed package: the sample
# hypervisor holds; broken in ways that differ, its tests fail as they should.
#   abi_test.sh BUILD
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
install_tree "$work/prefix"
cp -r "$source/examples/hypervisor" tree

# The three lines that the README shows are those of the sample.
tail -n 3 tree/CMakeLists.txt | while read -r line; do
	grep -qF "$line" tree/README.md || fail "the README does not show: $line"
done
# The README's command writes the baseline that is there, and a second is enough for the tests.
sed -i 's/BASELINE lodge.map/& JUNIT junit.xml ARGS --brief/' tree/CMakeLists.txt

configure() { # FOLDER [CMAKE-ARGUMENT...]
	quietly cmake -S "$1" -B "$1/build" -DCMAKE_PREFIX_PATH="$work/prefix" "${@:2}"
}
tests() { # pass|FAIL of abi, of abi-baseline
	local name expected=("$@")
	quietly cmake --build tree/build
	for name in abi abi-baseline; do
		result=pass
		ctest --test-dir tree/build -R "^$name\$" --no-tests=error -V >log 2>&1 || result=FAIL
		[ "$result" = "${expected[0]}" ] || { cat log; fail "$name: $result"; }
		expected=("${expected[@]:1}")
		mv log "$name.log"
	done
}
vectors() { # SED-COMMAND
	sed "$1" "$source/examples/hypervisor/vectors.S" >tree/vectors.S
	! cmp -s tree/vectors.S "$source/examples/hypervisor/vectors.S" || fail "nothing to break: $1"
}

configure tree
tests pass pass
(cd tree/build && "$work/prefix/bin/hvcheck" map lodge.elf@lodge_vectors --brief --format map) |
	cmp - tree/lodge.map || fail 'lodge.map is not what hvcheck saves'

vectors 's/#0x2, lsl #16/#0x3, lsl #16/' # another version
tests FAIL FAIL
grep -q 'x0 is 0x30001, promised 0x20001' abi.log || { cat abi.log; fail 'the finding is not told'; }
vectors 's/w17, #0x5a/w18, #0x5a/; s/x16, x17$/x16, x18/' # every result as it was
tests FAIL FAIL
grep -q 'x18' abi.log || fail 'the lost register is not told'
vectors 's/, x17, \[sp, #-16\]!/, x17, [sp, #-32]!/; s/, x17, \[sp\], #16/, x17, [sp], #32/'
tests pass pass # a refactoring
sed -i 's/imm: 0, x0: 2/imm: 0, x0: 3/' tree/lodge.yaml
tests FAIL pass # the specification moved, the code did not
cp "$source"/examples/hypervisor/{vectors.S,lodge.yaml} tree

# An image that a target has; a folder with a blank and an '@'; a build for bare metal.
mv tree 'a t@ree'
ln -s 'a t@ree' tree
# shellcheck disable=SC2016 # expanded by CMake
sed -i 's/SUBJECT [^ ]*/TARGET lodge@lodge_vectors/
	s/^enable_testing()/&\nset_target_properties(lodge PROPERTIES HVCHECK_IMAGE ${CMAKE_BINARY_DIR}\/lodge.elf)/' \
	tree/CMakeLists.txt
rm -r tree/build
configure "$work/a t@ree" -DCMAKE_SYSTEM_NAME=Generic
! grep -i warning log || { cat log; fail 'a build for bare metal is warned'; }
tests pass pass
[ "$(ctest --test-dir tree/build -N -L hvcheck | grep -c 'Test *#')" = 2 ] || fail 'no label hvcheck'
grep -q '<testsuite' tree/build/junit.xml || fail 'no JUnit'

refused() { # MESSAGE ARGUMENT...: of hvcheck_add_abi_test
	sed "s/^hvcheck_add_abi_test.*/hvcheck_add_abi_test(${*:2})/" \
		"$source/examples/hypervisor/CMakeLists.txt" >tree/CMakeLists.txt
	! cmake -S tree -B tree/refused -DCMAKE_PREFIX_PATH="$work/prefix" >log 2>&1 ||
		fail "not refused: ${*:2}"
	grep -qF "$1" log || { cat log; fail "refused otherwise: ${*:2}"; }
}
refused 'wants NAME' SUBJECT a.elf ABI lodge.yaml
refused 'wants NAME' NAME n ABI lodge.yaml
refused 'wants NAME' NAME n SUBJECT a.elf TARGET lodge ABI lodge.yaml
refused 'wants ABI' NAME n SUBJECT a.elf
refused 'is no target' NAME n TARGET nosuch ABI lodge.yaml
refused "cannot use 'ABBI" NAME n SUBJECT a.elf ABBI lodge.yaml
