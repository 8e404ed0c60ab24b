#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# ask_qemu: what it says, what QEMU is started with, and that it is missed when it is not there.
# shellcheck disable=SC2030,SC2031 # each PATH is for a shell of its own
. "$(dirname "$(realpath "$0")")/../cli/common.sh"

env PATH="$work" "$hvcheck" linux-stub-4.12 >out 2>err
[ $? = 2 ] || complain 'no status 2 without QEMU'
says err 'no qemu-system-aarch64 in PATH'
expect 2 linux-stub-4.12 from=el4
expect 2

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
	expect 2 linux-stub-4.12
	says err 'qemu-system-aarch64 failed (status 5): found:.'
	finish
) || failures=1
# Nothing on disk, and nothing left when it is killed.
sed -i 's/exit 5/exec sleep 86399.25/' bin/qemu-system-aarch64
sleepers() { grep -lsxz '86399[.]25' /proc/[0-9]*/cmdline; }
env PATH="$work/bin:$PATH" "$hvcheck" linux-stub-4.12 >out 2>err &
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

expect 0 linux-stub-4.12 x0=0 x1=0x4000018000
says out 'QEMU emulator version'
says out ': return, vbar_el2 := 0x4000018000'
says out agrees
expect 0 linux-stub-4.12 imm=0x1234 from=el2h x0=77
says out agrees
expect 0 broken-hang x0=3
says out ': spin'
expect 0 linux-stub-4.12 scr_el3=0x431
says out ': undefined'
expect 2 linux-stub-4.12 scr_el3=0x530
# Hyp mode.
expect 0 linux-arm-stub-4.12 cpu=a15 from=el1-svc insn=hvc-t32 x0=2
says out agrees
# The address width of CPU model max is QEMU's own: the two differ, and the exit status says so.
expect 1 linux-kvm-init-5.10 cpu=max x0=0xc6000000 x1=0x400005b000
says out differs
says out 'tcr_el2 is 0x'
finish
