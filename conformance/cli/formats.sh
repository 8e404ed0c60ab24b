#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One run, many reports: every format of it says the same findings, read by somebody else's parsers.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"
command -v python3 >/dev/null || { echo 'skipped: no python3'; exit 77; }
cp "$source/conformance/abi/linux-stub-imm.yaml" .
formats='json text markdown junit sarif github'

# LEAST is how many findings there are, at least: nothing at all would be the same everywhere, too.
same() { # STATUS LEAST ARGUMENT...
	local expected=$1 least=$2 format reports=()
	shift 2
	rm -f report.* found.*
	for format in $formats; do
		reports+=(--report "$format=report.$format")
	done
	run "$@" --all "${reports[@]}"
	[ "$status" = "$expected" ] || complain "'hvcheck $*': status $status, not $expected: $(cat err)"
	cmp -s out report.text || complain "'hvcheck $*': the text is not that of --report text"
	# shellcheck disable=SC2086 # words
	"$source/conformance/cli/findings.py" --all $formats || complain "'hvcheck $*': a format is not read"
	for format in $formats; do
		cmp -s found.json "found.$format" ||
			complain "'hvcheck $*': $format says otherwise: $(diff found.json "found.$format")"
	done
	[ "$(wc -l <found.json)" -ge "$least" ] || complain "'hvcheck $*': only $(cat found.json)"
}

same 1 2 check broken-single-imm --abi linux-stub-imm --brief --from el1h --insn hvc
grep -q '^check-preserve|unknown|' found.json || complain 'the broken rule is not found'
same 1 2 check broken-leak-simd --abi linux-stub-4.12 --contract --brief --from el1h --insn hvc
grep -q '^contract-broken|' found.json || complain 'no broken contract is found'
same 1 9 diff linux-stub-imm linux-stub-4.7 --brief
grep -q '^diff-silent|set_vectors|' found.json || complain 'nothing silent is found'
grep -q '^diff-removed|call_hyp|' found.json || complain 'nothing removed is found'
grep -q '^diff-moved|get_vectors|' found.json || complain 'nothing moved is found'
grep -q '^diff-clobbers|get_vectors|' found.json || complain 'nothing clobbered is found'
grep -q '^diff-preserves|get_vectors|' found.json || complain 'nothing preserved is found'
grep -q '^diff-unknown|unknown|' found.json || complain 'no answer to unknown calls is found'
same 1 9 diff linux-stub-4.7 linux-stub-4.12 --abi
grep -q '^diff-added|soft_restart|' found.json || complain 'nothing added is found'
same 1 1 leaks broken-leak-el2 --abi linux-stub-4.12 --imm 0 --insn hvc
grep -q '^leak-register|set_vectors|' found.json || complain 'no leak is found'
same 1 1 safety broken-vbar-unknown --abi linux-stub-4.12 --brief --from el1h --insn hvc
grep -q '^safety-vectors|unknown|' found.json || complain 'no hazard is found'
same 1 3 collide xen gunyah smccc-1.1
# mov x0, #7; hvc #0; ret: no call of a stub
printf '\xe0\x00\x80\xd2\x02\x00\x00\xd4\xc0\x03\x5f\xd6' >caller.bin
same 1 1 callers caller.bin --abi linux-stub-4.12 --site '#0'
grep -q '^caller-unknown-call|' found.json || complain 'no wrong caller is found'
{
	printf 'suppressions:\n'
	for rule in check-preserve check-memory; do
		# shellcheck disable=SC2016 # the backticks are text
		printf '  - {rule: %s, reason: "a, b: c%%|`d`", owner: me, expires: 2999-12-31}\n' "$rule"
	done
} >s.yaml
same 0 3 check broken-single-imm --abi ./linux-stub-imm.yaml --brief --from el1h --insn hvc \
	--suppress ./s.yaml
grep -q '^check-preserve|unknown|.*|suppressed$' found.json || complain 'nothing is suppressed'
grep -q '^suppression-unused|check-memory|' found.json || complain 'nothing is unused'
grep -qF '::warning file=s.yaml,line=3,col=5,' report.github || complain 'no place in the file'

# All is well: every format says so.
for format in json markdown junit sarif github; do
	expect 0 diff linux-stub-3.8 linux-stub-3.8 --brief --report "$format=well.$format" -q
	"$source/conformance/cli/findings.py" "$format" "well.$format" >found ||
		complain "all is well: no $format"
	[ ! -s found ] || complain "all is well: $format finds $(cat found)"
done
grep -q 'failures="0"' well.junit || complain 'all is well: JUnit counts failures'

# --format writes what --report writes.
for format in $formats; do
	run check broken-single-imm --abi linux-stub-imm --brief --from el1h --insn hvc \
		--format "$format" --report "$format=report.$format"
	cmp -s out "report.$format" || complain "--format $format is not --report $format"
done

# Where to look: a line of the specification, for who has it in a file of his own.
mkdir -p some/place
cp "$source/conformance/abi/linux-stub-imm.yaml" some/place/
run check broken-single-imm --abi some/place/linux-stub-imm.yaml --brief --from el1h --insn hvc \
	--format github
line=$(grep -n 'name: unknown$' some/place/linux-stub-imm.yaml | cut -d : -f 1)
says out "file=some/place/linux-stub-imm.yaml,line=$line,col="

# The same findings have the same fingerprints, wherever the table lies and the files do.
if objcopy=$(command -v aarch64-linux-gnu-objcopy) && [ -f "$HVC_VARIANTS/broken-single-imm.elf" ]; then
	mkdir -p here there
	"$objcopy" -O binary "$HVC_VARIANTS/broken-single-imm.elf" here/el2.bin
	{ head -c 6144 /dev/zero && cat here/el2.bin; } >there/el2.bin
	run diff linux-stub-imm ./here/el2.bin@+0 --brief --format sarif
	grep -q '"uri": *"here/el2.bin"' out || complain 'SARIF of a diff does not name the new file'
	for where in here/el2.bin@+0 there/el2.bin@+0x1800; do
		run check "$where" --abi linux-stub-imm --brief --from el1h --insn hvc \
			--report "json=${where%%/*}.json" --report "text=${where%%/*}.text"
		[ "$status" = 1 ] || complain "$where: status $status: $(cat err)"
		"$source/conformance/cli/findings.py" json "${where%%/*}.json" >"${where%%/*}.found"
	done
	[ -s here.found ] || complain 'nothing is found in the raw image'
	! cmp -s here.text there.text || complain 'the two images are one'
	cmp -s here.found there.found ||
		complain "other addresses, other fingerprints: $(diff here.found there.found)"
else
	complain 'no image to move'
fi

# What it was made by, with and from, in every format but the one for a terminal; what shapes no
# answer is not of it, and nothing is without a fingerprint.
printf 'name: w\nset: { tpidr_el2: 0x1000 }\n' >w.yaml
made=(check linux-stub-4.12 --abi linux-stub-4.12 --world w.yaml --brief --from el1h --insn hvc)
sha=$(sha256sum w.yaml | cut -d' ' -f1)
for format in json html markdown junit sarif; do
	expect 0 "${made[@]}" --jobs 2 --format "$format"
	for word in "$sha" 'Unicorn ' 'Z3 ' 'Capstone ' w.yaml; do
		grep -q "$word" out || complain "$format does not say $word"
	done
	! grep -q -- '--jobs' out || complain "$format says --jobs"
	printf '# another\n' >>w.yaml
	expect 0 "${made[@]}" --format "$format"
	! grep -q "$sha" out || complain "$format: another file has the same fingerprint"
	sed -i '$d' w.yaml
done
expect 0 map linux-stub-4.12 --brief --format svg
grep -q 'hvcheck map linux-stub-4.12' out || complain 'svg does not say its command'
expect 0 "${made[@]}"
! grep -q "$sha" out || complain 'text has fingerprints'

# Whole or not at all, each of them, and nothing where one of them cannot be.
rm -rf room && mkdir room
printf 'old\n' >room/a
broken='check broken-single-imm --abi linux-stub-imm --brief --from el1h --insn hvc'
# shellcheck disable=SC2086 # words of the command
{
	expect 2 $broken --report junit=room/a --report sarif=nosuch/b
	expect 2 $broken --report junit=room/a --report sarif=room/a
	expect 2 $broken --report junit=room/a -o room/a
	expect 2 $broken --report junit=
	expect 2 $broken --report junit
	expect 2 $broken --report html2=room/b
	expect 2 nosuch --report junit=room/a
	[ ! -c /dev/full ] || expect 2 $broken --report junit=room/a --report sarif=/dev/full
	expect 2 list --report json=room/b
}
[ "$(ls room)" = a ] || complain "left behind: $(ls room)"
[ "$(cat room/a)" = old ] || complain 'a failure replaced the old file'
"$hvcheck" check linux-stub-4.12 --abi linux-stub-4.12 --report junit=room/a --report json=room/b \
	--report sarif=room/c >out 2>err &
sleep 0.5
kill -TERM $!
wait $!
[ $? = 143 ] || complain 'SIGTERM does not end it as it should'
[ "$(ls room)" = a ] || complain "SIGTERM left behind: $(ls room)"
finish
