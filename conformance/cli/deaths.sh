#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whatever ends the work before it is done is status 2 and one line, and no file is left; a signal
# to the one that waits ends it as signals do. Status 1 is a finding, and nothing else.
trial=$(realpath "$2")
. "$(dirname "$(realpath "$0")")/common.sh"

mkdir room
none_left() { # WHAT
	[ -z "$(ls room)" ] || complain "$1: left behind: $(ls room)"
	rm -f room/*
}
brief=(m1n1 --brief --from el1h --jobs 2)

# A call of which the engine dies: in this process it is the end of the work, ...
for act in abort exit0 exit1 segv; do
	HVC_TRIAL="$act 0" "$trial" run linux-stub-4.12 -o room/report >out 2>err
	status=$?
	[ "$status" = 2 ] || complain "run, $act: status $status"
	[ "$(wc -l <err)" = 1 ] || complain "run, $act: $(cat err)"
	says err 'the engine failed on hvc #0x0 from el1h'
	says err 'at 0x40000400: b #0x40000820'
	none_left "run, $act"
done
# Its jail is never built.
HVC_TRIAL='filter 0' timeout 60 "$trial" run linux-stub-4.12 -o room/report >out 2>err
status=$?
[ "$status" = 2 ] || complain "a filter without end: status $status"
[ "$(wc -l <err)" = 1 ] || complain "a filter without end: $(cat err)"
says err 'its jail was not built in time'
none_left 'a filter without end'
lost() { # COMMAND...: everything is refused, or written with the calls that failed in it
	HVC_TRIAL='abort 5' "$trial" "$@" >out 2>err
	status=$?
	[ "$status" = 2 ] || complain "'$*': status $status"
	[ "$(wc -l <err)" = 1 ] || complain "'$*': $(cat err)"
	says err 'the engine failed on'
}
lost leaks broken-leak-thread --imm 5
lost sequence linux-stub-4.7 --randoms 3000
# ... and in a sweep it costs the call.
lost map linux-stub-4.12 --format json --report html=room/html
says out '"complete": false'
says out '"example": "hvc #0x5 from el1t, at 0x'
says room/html 'The engine died of 6 calls'
rm room/html
lost check "${brief[@]}" --abi m1n1 --report junit=room/junit --report sarif=room/sarif \
	--report github=room/github --report markdown=room/markdown --report json=room/json
says out 'The engine died of 1 call, of which nothing is known'
says room/junit '<failure type="engine-failed"'
says room/json '"verdict": "undecided"'
for format in sarif github markdown; do
	grep -q 'engine.failed\|the engine died' "room/$format" || complain "$format: $(cat room/$format)"
done
rm room/*
lost safety m1n1 --from el1h --abi m1n1
says out 'Not followed'
lost diff m1n1 m1n1
says out 'Not compared'
# Also where a suppression or a policy lets all findings stand.
lost check "${brief[@]}" --abi m1n1 --fail-on never
# A map that was saved so says so later.
lost map m1n1 --format map -o room/map
run diff room/map room/map
[ "$status" = 2 ] || complain "the same failed map twice: status $status"
says err 'could not be compared'
rm room/map

# Memory, from what loads nothing to what is enough.
for limit in 100 400 1000 1200 2400; do
	(
		ulimit -v "${limit}000"
		exec "$hvcheck" check "${brief[@]}" --abi m1n1 -q -o room/report \
			--report json=room/json
	) >out 2>err
	status=$?
	case $status in
	0) rm -f room/report room/json ;;
	2) [ "$(wc -l <err)" = 1 ] || complain "$limit MB: $(cat err)" ;;
	127) ;; # the loader's
	*) complain "$limit MB: status $status" ;;
	esac
	none_left "$limit MB"
done
(
	ulimit -s 64
	exec "$hvcheck" map "${brief[@]}" -o room/report
) >out 2>err
status=$?
[ "$status" = 0 ] || [ "$status" = 2 ] || complain "a small stack: $status"
[ "$status" = 0 ] || [ "$(wc -l <err)" = 1 ] || complain "a small stack: $(cat err)"
rm -f room/report

# Signals, at any time, to the one that waits and to the one that works.
number=0
for signal in ABRT SEGV BUS USR1 USR2 ALRM INT TERM HUP QUIT PIPE XCPU XFSZ KILL SYS FPE RTMIN; do
	number=$((number + 1))
	# The shell lets what runs in the background ignore two of them.
	env --default-signal "$hvcheck" map linux-stub-4.12 --sweep --randoms 3000 -o room/report \
		--report json=room/json >out 2>err &
	parent=$!
	child=
	for ((i = 0; i < 500 && ! child; i++)); do
		child=$(pgrep -P "$parent" | head -1)
	done
	sleep "0.0$((number * 37 % 10))"
	if [ $((number % 2)) = 0 ] || [ "$signal" = KILL ]; then
		kill -"$signal" "$child"
		wait "$parent"
		status=$?
		[ "$status" = 2 ] || complain "$signal to the child: status $status"
		[ "$(wc -l <err)" = 1 ] || complain "$signal to the child: $(cat err)"
	else
		kill -"$signal" "$parent"
		wait "$parent" 2>/dev/null
		status=$?
		[ "$status" -gt 128 ] || complain "$signal: status $status"
	fi
	[ ! -s out ] || complain "$signal: a report"
	none_left "$signal"
	for ((i = 0; i < 100; i++)); do
		kill -0 "$child" 2>/dev/null || break
		sleep 0.02
	done
	! kill -0 "$child" 2>/dev/null || complain "$signal: the child goes on"
done

# A deadline, whatever the work is at.
# shellcheck disable=SC2086
for work in 'map linux-stub-4.12 --sweep --randoms 3000' \
	'sequence linux-stub-4.7 --randoms 1000000'; do
	begin=$SECONDS
	expect 2 $work --timeout 1 -o room/report
	says err 'not done after 1 s (--timeout)'
	[ $((SECONDS - begin)) -lt 10 ] || complain "'$work': $((SECONDS - begin)) s"
	none_left "$work"
done
HVC_TRIAL='loop 0' "$trial" run linux-stub-4.12 --timeout 1 >out 2>err
[ $? = 2 ] || complain 'an engine that hangs'
says err 'no sweep had begun'
expect 0 list --timeout 100
expect 2 list --timeout 0
says err '--timeout'
finish
