#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How far long work is: on a terminal, on standard error, and nowhere else.
. "$(dirname "$(realpath "$0")")/common.sh"

long=(map linux-stub-4.12 --sweep --randoms 0 --from el1h --jobs 1) # two seconds of work

expect 0 "${long[@]}"
says out '4 classes of calls'

# On a terminal: share, rate and time left, and the line is taken away at the end.
script -qec "'$hvcheck' ${long[*]} >report" terminal >/dev/null 2>&1 </dev/null
[ "$(grep -c '4 classes of calls' report)" = 1 ] || complain 'no report beside the progress'
grep -qE '[0-9]+ % of [0-9,]+ calls, [0-9.]+ [kM]?/s, [0-9]+:[0-9]{2} left' terminal ||
	complain "no share, rate and time left in: $(head -c 400 terminal | cat -v)"
tail -c 400 terminal | grep -q $'\r\033\\[K' || complain 'the line stays'
! grep -q 'calls,.*/s' report || complain 'progress in the report'

# Nothing for short work, and nothing with --quiet.
script -qec "'$hvcheck' run linux-stub-4.12 >report" terminal >/dev/null 2>&1 </dev/null
! grep -q ' % of ' terminal || complain 'progress of one call'
script -qec "'$hvcheck' ${long[*]} --quiet >report" terminal >/dev/null 2>&1 </dev/null
! grep -q ' % of ' terminal || complain 'progress with --quiet'

# Ctrl-C: nothing half-written, no worker left, the exit status of the signal.
echo kept >old
"$hvcheck" map linux-stub-4.12 --sweep --randoms 4000 --jobs 2 -o old 2>err &
child=$!
for ((i = 0; i < 200; i++)); do
	[ "$(pgrep -c -P "$child")" = 0 ] || break
	sleep 0.05
done
workers=$(pgrep -P "$child")
[ -n "$workers" ] || complain 'no worker to be seen'
kill -TERM "$child"
wait "$child"
[ $? = 143 ] || complain 'not ended by the signal'
[ "$(cat old)" = kept ] || complain 'the old report is gone'
[ "$(echo old*)" = old ] || complain "left behind: $(echo old*)"
for worker in $workers; do
	for ((i = 0; i < 100; i++)); do
		kill -0 "$worker" 2>/dev/null || break
		sleep 0.05
	done
	! kill -0 "$worker" 2>/dev/null || complain 'a worker goes on'
done
finish
