#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What works on untrusted input reads what it was given and computes: no other file, no program, no
# network, no other process.
trial=$(realpath "$2")
. "$(dirname "$(realpath "$0")")/common.sh"

export HVCHECK_JAIL=require
if ! "$hvcheck" run linux-stub-4.12 >out 2>err; then
	grep -q 'HVCHECK_JAIL=require' err || complain "no jail, and no word of it: $(cat err)"
	printf 'skipped: %s\n' "$(cat err)"
	exit 77
fi
echo secret >file
chmod 666 file
subject="$work/s@b:j.elf"
cp "$(dirname "$hvcheck")/lodge.elf" "$subject"

# Each is tried where a call is made: in the process of `run`, and in a worker of `map`.
attempt() { # ACT STATUS [COMMAND...]
	local act=$1 expected=$2
	shift 2
	[ $# -gt 0 ] || set -- run linux-stub-4.12
	HVC_TRIAL="$act 0 $work/file" "$trial" "$@" 9<>file >out 2>err
	status=$?
	[ "$status" = "$expected" ] || complain "$act in '$*': status $status, $(cat err)"
}
for act in read write create list unlink rename mkdir symlink chmod truncate kill descriptor stdout; do
	attempt "$act" 0
	! grep -q forged out || complain 'written to standard output'
done
for act in exec socket unix ptrace; do
	attempt "$act" 2
	says err 'a system call that its jail forbids'
	[ "$(wc -l <err)" = 1 ] || complain "$act: $(cat err)"
	[ ! -s out ] || complain "$act: a report"
done
[ "$(cat file)" = secret ] || complain 'the file was changed'
[ "$(stat -c %a file)" = 666 ] || complain 'the rights of the file were changed'
[ "$(echo ./*)" = "./err ./file ./out ./s@b:j.elf" ] || complain "left behind: $(echo ./*)"
probe=(map linux-stub-4.12 --brief)
attempt read 0 "${probe[@]}"
# A worker that is ended costs its call.
attempt exec 2 "${probe[@]}"
says err 'the engine failed on'
says out 'The engine died of'

# Without the jail all of these get through: the attempts are real.
export HVCHECK_JAIL=off
for act in read list kill exec socket unix; do
	HVC_TRIAL="$act 0 $work/file" "$trial" run linux-stub-4.12 >out 2>err
	status=$?
	case $act in
	exec) says err 'died: exit 0' ;;
	*) says err 'died: exit 77' ;;
	esac
	[ "$status" = 2 ] || complain "$act without a jail: status $status"
done
export HVCHECK_JAIL=require

# The files of the command line are read, whatever their names look like.
expect 0 scan "$subject"
expect 0 scan "s@b:j.elf"
run map "$subject@lodge_vectors" --brief
[ "$status" = 0 ] || complain "map of a file: $status, $(cat err)"
cp "$subject" lodge
tar --force-local -cf "p@c:k.tar" lodge
expect 0 scan "p@c:k.tar:lodge"
run check linux-stub-4.12 --brief --from el1h --suppress ./nosuch.yaml
[ "$status" = 2 ] || complain 'a file that is not there'
says err 'No such file'
expect 2 scan "$work"
says err 'is a directory'

# What is said when it cannot be, or is asked for in words that are none.
HVCHECK_JAIL=maybe expect 2 list
says err "HVCHECK_JAIL: 'maybe'"
HVCHECK_MEMORY=much expect 2 list
says err "HVCHECK_MEMORY: 'much'"
HVCHECK_MEMORY=700 expect 2 run linux-stub-4.12
says err 'the process that did the work died'
HVCHECK_MEMORY=0 expect 0 run linux-stub-4.12
finish
