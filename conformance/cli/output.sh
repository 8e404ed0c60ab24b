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
# Colours and columns are as they were asked for, whatever the report goes to.
expect 0 list subjects --color=always
grep -q "$(printf '\033')\\[" out || complain '--color=always has no colour'
for plain in --color=never --color=auto '--color=always --no-color'; do
	# shellcheck disable=SC2086 # words
	expect 0 list subjects $plain
	! grep -q "$(printf '\033')" out || complain "$plain has colour"
done
expect 2 list --color=sometimes
says err "--color: 'sometimes' is not a use of colors (auto, always, never)"
COLUMNS=80 "$hvcheck" check broken-gunyah-hole --abi gunyah --from el1h >out 2>err
[ "$(awk '/hvcheck run/ { next } { if (length > most) most = length } END { print most }' out)" -le 80 ] ||
	complain 'COLUMNS=80 is not honoured'
# Without a terminal, and where nobody says it, a page has 100 columns.
env -u COLUMNS "$hvcheck" list subjects >usual 2>err
[ "$(awk '{ if (length > most) most = length } END { print most }' usual)" -le 100 ] ||
	complain 'a pipe has more than 100 columns'
for nonsense in -1 12x 99999999999; do
	COLUMNS=$nonsense "$hvcheck" list subjects >out 2>err
	cmp -s usual out || complain "COLUMNS=$nonsense changes the page"
done
# A letter takes its value in the same word, as everywhere.
expect 0 list -oletter --no-color
cmp -s letter report || complain '-oFILE is not -o FILE'
expect 0 check linux-stub-4.12 --abi linux-stub-4.12 -j2
expect 2 check linux-stub-4.12 --abi linux-stub-4.12 -j2x
expect 2 list -hx
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

# A file is written once, and never in place of one that is read, whatever it is called.
refuse() { # MESSAGE ARGUMENT...
	local message=$1
	shift
	expect 2 "$@"
	says err "$message"
}
map='map linux-stub-4.12 --brief'
mkdir -p clash/sub
(cd clash && touch kept && ln kept hard && ln -s kept soft && ln -s "$PWD" sub/back)
for pair in 'new ./new' 'new sub/../new' 'new sub/back/new' 'kept hard' 'soft kept' 'soft hard' '/dev/stdout -' \
	'/dev/stdout /proc/self/fd/1'; do
	# shellcheck disable=SC2086 # words
	(cd clash && set -- $pair && "$hvcheck" $map -o "$1" --report "html=$2" >../out 2>../err)
	status=$?
	[ "$status" = 2 ] || complain "$pair: status $status"
	says err 'two reports for'
done
if [ -e clash/new ] || [ -s clash/kept ]; then complain 'a clash wrote something'; fi
# shellcheck disable=SC2086 # words
{
	refuse 'two reports for standard output' $map --report html=-
	refuse 'two reports for standard output' $map --report html=/dev/stdout
	"$hvcheck" $map --report html=out >out 2>err
	[ $? = 2 ] || complain 'a report where standard output goes'
	expect 0 $map --quiet --report html=-
	cp out page
	expect 0 $map -o text --report html=-
	cmp -s out page || complain 'html=- depends on what else there is'
	expect 0 $map -o - --report html=page2
	cmp -s out text || complain '-o - is not standard output'
	cmp -s page page2 || complain 'html=page2 is not what html=- was'
	expect 0 $map -o /dev/null --report html=/dev/null
	[ -c /dev/null ] || complain '/dev/null was replaced'
}
copy() { # FILE: it is still what it was
	cmp -s "$1" "$1.copy" || complain "$1 was replaced"
}
cp "$source/conformance/abi/linux-stub-4.12.yaml" spec.yaml
printf 'cpu: a72\n' >world.yaml
printf 'suppressions: []\n' >known.yaml
: >names.map
printf 'name: names\ntitle: a file\nmemory:\n  0x50000000: file:image\n' >names.yaml
: >image.regs
cp "$source/conformance/abi/xen.yaml" image
"$hvcheck" map linux-stub-4.12 --brief --format map -o kept.map || complain 'no map'
for file in spec.yaml world.yaml known.yaml names.map names.yaml image image.regs kept.map; do cp "$file" "$file.copy"; done
read_too='which is read'
refuse "$read_too" check linux-stub-4.12 --abi ./spec.yaml -o spec.yaml
refuse "$read_too" check linux-stub-4.12 --abi spec.yaml --brief --report junit="$work/spec.yaml"
refuse "$read_too" diff linux-stub-4.7 linux-stub-4.12 --abi-old spec.yaml -o spec.yaml
refuse "$read_too" collide xen ./spec.yaml -o spec.yaml
refuse "$read_too" callers image --abi xen --also spec.yaml -o spec.yaml
refuse "$read_too" run linux-stub-4.12 --world ./world.yaml -o world.yaml
refuse "$read_too" check linux-stub-4.12 --suppress known.yaml -o known.yaml
refuse "$read_too" scan image --symbols names.map -o names.map
refuse "$read_too" scan image -o ./image
refuse "$read_too" scan image:member -o ./image
refuse "$read_too" map image@vectors -o image
refuse "$read_too" map image:member@+0x800 --report html=image
refuse "$read_too" run linux-stub-4.12 --mem 0x50000000=file:image -o ./image
refuse "$read_too" run image -o image.regs
refuse 'a file that was read' run linux-stub-4.12 --world ./names.yaml -o ./image
refuse "$read_too" diff kept.map linux-stub-4.12 -o kept.map
for file in spec.yaml world.yaml known.yaml names.map names.yaml image image.regs kept.map; do copy "$file"; done
expect 0 list subjects -o subjects
expect 0 list subjects -o subjects

# Nothing is known of a terminal without a name.
if command -v script >/dev/null; then
	for term in '' dumb; do
		TERM=$term script -qec "'$hvcheck' list rules" /dev/null >typed </dev/null
		! grep -q "$(printf '\033')" typed || complain "colours on TERM='$term'"
	done
	TERM=xterm script -qec "'$hvcheck' list rules" /dev/null >typed </dev/null
	grep -q "$(printf '\033')" typed || complain 'no colours on a terminal'
fi

# No colour and no progress in a pipe, whatever the environment says
TERM=xterm CLICOLOR_FORCE=1 "$hvcheck" list 2>err | cmp -s - report ||
	complain 'a pipe is not plain'
[ ! -s err ] || complain "progress in a pipe: $(cat err)"
finish
