#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A report arrives whole or the status says that it did not; files are never left half-written.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

lost() { # WHAT STATUS: a report that got lost is trouble
	[ "$2" = 2 ] || complain "$1: status $2, not 2"
}

if [ -c /dev/full ]; then
	"$hvcheck" list >/dev/full 2>err
	lost 'standard output is full' $?
	says err 'No space left on device'
	"$hvcheck" help >/dev/full 2>err
	lost 'help to a full device' $?
	expect 2 list --output /dev/full
	[ -c /dev/full ] || complain '/dev/full was replaced'
fi
"$hvcheck" list >&- 2>err
lost 'standard output is closed' $?
[ "$(wc -l <err)" = 1 ] || complain "standard output is closed: $(cat err)"
"$hvcheck" run linux-stub-4.12 >&- 2>&-
lost 'both outputs are closed' $?
"$hvcheck" run linux-stub-4.12 <&- >out 2>err || complain 'standard input is closed'

# The same bytes in a file as on standard output, with the rights of any new file
run list
expect 0 list --output report --no-color
cp out empty
"$hvcheck" list >out 2>err
cmp -s out report || complain '--output and standard output differ'
[ ! -s empty ] || complain '--output prints a report too'
(
	umask 027
	"$hvcheck" list -o rights
)
[ "$(stat -c %a rights)" = 640 ] || complain "rights of a new file: $(stat -c %a rights)"
printf 'old\n' >old
chmod 600 old
ln -s old link
expect 0 list -o link
[ -L link ] || complain 'the link was replaced'
[ "$(stat -c %a old)" = 600 ] || complain 'the rights of the old file changed'
cmp -s old report || complain 'not written through the link'

# A failure leaves the old file alone, and nothing beside it.
mkdir room
printf 'old\n' >room/report
expect 2 run nosuch --output room/report
[ "$(cat room/report)" = old ] || complain 'a failure replaced the old file'
expect 2 list -o nosuch/report
expect 2 list -o room
"$hvcheck" check linux-stub-4.12 --abi linux-stub-4.12 -o room/report >out 2>err &
sleep 0.5
kill -TERM $!
wait $!
[ $? = 143 ] || complain 'SIGTERM does not end it as it should'
[ "$(cat room/report)" = old ] || complain 'SIGTERM replaced the old file'
[ "$(ls room)" = report ] || complain "left behind: $(ls room)"

# No colour and no progress in a pipe, whatever the environment says
TERM=xterm CLICOLOR_FORCE=1 COLUMNS=40 "$hvcheck" list 2>err | cmp -s - report ||
	complain 'a pipe is not plain'
[ ! -s err ] || complain "progress in a pipe: $(cat err)"
finish
