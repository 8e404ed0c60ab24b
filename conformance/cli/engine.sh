#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run --engine qemu: what it says, what it refuses, and that it is missed when it is not there.
# shellcheck disable=SC2030,SC2031 # each PATH is for a shell of its own
. "$(dirname "$(realpath "$0")")/common.sh"

env PATH="$work" "$hvcheck" run linux-stub-4.12 --engine qemu >out 2>err
[ $? = 2 ] || complain 'no status 2 without QEMU'
says err 'no qemu-system-aarch64 in PATH'
expect 2 run linux-stub-4.12 --engine bochs
says err 'not an engine'
expect 2 run linux-stub-4.12 --engine qemu --trace
expect 0 run linux-stub-4.12 --engine unicorn

# What QEMU is started with: no more than it needs. This one tells what it finds, in one line.
mkdir bin temporary
cat >bin/qemu-system-aarch64 <<'END'
#!/bin/sh
[ "$1" != --version ] || { echo 'none at all'; exit 0; }
said=
for argument; do
	case $argument in
	*semihosting* | *chardev* | *netdev* | *qmp* | *mem-path=/[!p]*) said="$said $argument" ;;
	on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny) sandbox=yes ;;
	-nodefaults | -no-user-config) plain=$plain. ;;
	esac
done
[ "$sandbox$plain" = yes.. ] || said="$said no sandbox"
[ ! "${HOME-}${SECRET-}${TMPDIR-}" ] || said="$said environment"
files=0
for fd in 3 4 5 6 7 8 9; do
	[ ! -f /proc/$$/fd/$fd ] || files=$((files + 1))
	[ -f /proc/$$/fd/$fd ] || [ ! -e /proc/$$/fd/$fd ] || said="$said descriptor $fd"
done
[ $files = 2 ] || said="$said $files files"
[ "$(ulimit -c) $(ulimit -f)" = '0 0' ] || said="$said limits"
[ "$PWD" = / ] || said="$said $PWD"
echo "found:$said."
exit 5
END
chmod +x bin/qemu-system-aarch64
export SECRET=1 TMPDIR=$work/temporary
(
	PATH=$work/bin:$PATH
	exec 9<err
	expect 2 run linux-stub-4.12 --engine qemu
	says err 'qemu-system-aarch64 failed (status 5): found:.'
	finish
) || failures=1
# Nothing on disk, and nothing left when it is killed.
sed -i 's/exit 5/exec sleep 86399.25/' bin/qemu-system-aarch64
sleepers() { grep -lsxz '86399[.]25' /proc/[0-9]*/cmdline; }
env PATH="$work/bin:$PATH" "$hvcheck" run linux-stub-4.12 --engine qemu >out 2>err &
for _ in $(seq 200); do
	[ -z "$(sleepers)" ] || break
	sleep 0.05
done
[ -n "$(sleepers)" ] || complain 'QEMU was not started'
kill -KILL $!
{ wait $!; } 2>/dev/null
for _ in $(seq 200); do
	[ -n "$(sleepers)" ] || break
	sleep 0.05
done
[ -z "$(sleepers)" ] || complain 'QEMU goes on without hvcheck'
[ -z "$(ls temporary)" ] || complain "left behind: $(ls temporary)"
unset SECRET TMPDIR

if ! command -v qemu-system-aarch64 >/dev/null; then
	[ "$failures" = 0 ] || exit 1
	echo 'skipped: no qemu-system-aarch64 (Debian: apt-get install qemu-system-arm)'
	exit 77
fi

expect 0 run linux-stub-4.12 --engine qemu --set x0=0 --set x1=0x4000018000 --abi linux-stub-4.12
says out 'engine        QEMU emulator version'
says out 'agrees with   Unicorn'
says out 'conforms to rule set_vectors'
says out 'vbar_el2         0x40000000  0x4000018000  x1'
expect 1 run linux-stub-imm --engine qemu --set x0=0x1 --abi linux-stub-4.12
says out 'agrees with'
expect 0 run linux-stub-4.12 --engine qemu --imm 0x1234 --from el2h --set x0=77
says out 'agrees with'
expect 0 run broken-hang --engine qemu --set x0=3
says out 'spin'
expect 0 run linux-stub-4.12 --engine qemu --set scr_el3=0x431
says out 'undefined'
expect 2 run linux-stub-4.12 --engine qemu --set scr_el3=0x530
for option in --stop-at=0x40000000 --stub=0x40000000=0 --map-on-demand; do
	expect 2 run linux-stub-4.12 --engine qemu "$option"
	says err 'qemu knows no boundary'
done
# Hyp mode.
expect 0 run linux-arm-stub-4.12 --engine qemu --insn hvc-t32 --set r0=2 --abi linux-arm-stub-4.12
says out 'agrees with'
says out 'conforms to rule reset_vectors'
# Exceptions at EL2 go to EL2's own table, and come back from there.
for call in 3 5; do
	expect 0 run "$HVC_CASES/nested-right.elf@vectors" --engine qemu --set "x0=$call"
	says out 'outcome       return'
	says out 'agrees with'
done
# An SMC comes to EL2 where HCR_EL2.TSC traps it, and goes to EL3 otherwise.
expect 0 run linux-stub-4.12 --engine qemu --insn smc --set x0=2
says out 'outcome       forward'
says out 'agrees with'
expect 0 run linux-stub-4.12 --engine qemu --insn smc --set x0=2 --set hcr_el2=0x80080000
says out 'outcome       retry'
says out 'agrees with'
expect 0 run linux-stub-4.12 --engine qemu --format json
says out '"disagreements": 0'
# The address width of CPU model max is QEMU's own: the two differ, and the exit status says so.
expect 1 run linux-kvm-init-5.10 --engine qemu --cpu max --set x0=0xc6000000 --set x1=0x400005b000
says out 'differs from  Unicorn'
says out 'tcr_el2 is 0x'
finish
