#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Images as they are linked and relocated: the same source does the same wherever it is, and
# addresses in reports and options are the file's own.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
built=$(realpath "$2")
. "$source/conformance/cli/common.sh"

# Where linked.S is linked; each prefix as all addresses of the image begin with it.
abi=$source/conformance/images/linked.yaml
declare -A prefix=([low]=0x4000 [xen]=0xa000000 [bao]=0xfd800000 [jailhouse]=0xffffc020
	[kernel]=0xffff80000800 [apart]=0x4000 [halves]=0x4000)
plain() { # VARIANT FILE: its addresses as those of the first, and not what it was made from
	python3 -c 'import json, sys
document = json.load(sys.stdin)
del document["made"]
print(json.dumps(document, indent=1))' <"$2" | sed -e "s/linked-$1/linked-low/g" -e "s/${prefix[$1]}\([0-9a-f]\{4\}\)\b/0x4000\1/g"
}

for variant in low xen bao jailhouse kernel apart halves; do
	elf=$built/linked-$variant.elf
	expect 0 check "$elf" --abi "$abi"
	says out 'PASS  '
	says out '10 rules hold, proved'
	expect 0 map "$elf" --brief --format json --output map-$variant
	plain $variant map-$variant | tr -d ' \n' >same-$variant
	cmp same-low same-$variant || complain "linked-$variant: another map"
	for id in 0x100 0x103 0x104 0x105 0x108; do
		expect 0 run "$elf" --imm 0 --set x0=$id --format json
		plain $variant out >>runs-$variant
	done
	cmp runs-low runs-$variant || complain "linked-$variant: other calls"

	# An address of the file's stops the call, as the symbol does.
	[ $variant = apart ] || [ $variant = halves ] || [ $variant = low ] || {
		expect 0 run "$elf" --imm 0 --set x0=0x102 --stop-at add_seven
		says out "handoff"
		says out "${prefix[$variant]}08"
		at=$(grep -o "${prefix[$variant]}08[0-9a-f][0-9a-f]" out | head -n 1)
		expect 0 run "$elf" --imm 0 --set x0=0x102 --stop-at "$at"
		says out "handoff"
		expect 0 run "$elf" --imm 0 --set x0=0x102 --stub "$at=0x55"
		says out "0x55"
	}
done

# Relocations that a file applies to itself: whatever keeps the addends, and nothing that says where
# they are but their shape.
bare() { # FILE: without sections and PT_DYNAMIC
	cp "$1" bare.elf
	printf '\0\0\0\0\0\0\0\0' | dd of=bare.elf bs=1 seek=40 conv=notrunc status=none
	printf '\0\0' | dd of=bare.elf bs=1 seek=60 conv=notrunc status=none
	# The type of the fourth program header, which image.ld makes PT_DYNAMIC.
	printf '\0' | dd of=bare.elf bs=1 seek=$((64 + 3 * 56)) conv=notrunc status=none
}
for variant in pie bao-pie relr rel rel-packed; do
	[ -e "$built/linked-$variant.elf" ] || continue
	expect 0 check "$built/linked-$variant.elf" --abi "$abi"
done
got=$source/conformance/images/got.yaml
for file in got.o got-exec.elf got-pie.elf; do
	expect 0 check "$built/$file" --abi "$got"
done
bare "$built/got-pie.elf"
expect 0 check bare.elf@0x0 --abi "$got"

# What only a loader has is told, and not taken to be zero in silence.
run run "$built/unset-shared.elf" --set x0=4
says err 'note: '
says err '1 relocation not applied: type 1025 at 0x40001'

# Memory that nobody set is an assumption; what the world sets is none.
unset=$built/unset-shared.elf
quiet() { # ARGUMENT...: without the note on the relocation
	run "$@" 2>/dev/null
	sed -i '/: note: /d' err
}
assumes() { # COUNT ARGUMENT...
	local count=$1
	shift
	quiet "$@"
	[ "$status" = 0 ] || complain "'hvcheck $*': status $status"
	case $count in
	0) ! grep -q 'assumption' out || complain "'hvcheck $*': $(grep assumption out)" ;;
	1) says out ', on 1 assumption' ;;
	*) says out ", on $count assumptions" ;;
	esac
}
run1() { # VALUE ARGUMENT...: x0 becomes it
	local value=$1
	shift
	quiet run "$@"
	grep -Eq "^  x0 +[-0-9a-fx]+ +$value( |\$)" out || complain "'hvcheck run $*': x0 is not $value"
}
assumes 1 run "$unset" --set x0=1
says out 'memory   booted (0x4000'
says out 'assumed to be zero'
assumes 0 run "$unset" --set x0=2
assumes 0 run "$unset" --set x0=3
assumes 1 run "$unset" --set x0=4
says out 'its relocation, of type 1025, was not applied'
assumes 2 check "$unset" --abi "$source/conformance/images/unset.yaml"
says out 'booted (0x4000'
booted=$(sed -n 's/.*booted (\(0x4000[0-9a-f]*\)).*/\1/p' out | head -1)
# A map says what an outcome is made of: such memory may hold anything.
quiet map "$unset" --brief
says out "x0 := [$booted] & 0xffffffff"
says out 'x0 := [tpidr_el2 + 0x10]'
says out "Read besides the call, of any value: [$booted], [0x40001010]"
quiet map "$unset" --brief --mem booted=0x77:4
says out 'x0 := 0x77'
doubt '--strict: the answer hangs on 1 assumption' run "$unset" --set x0=1 --strict
assumes 0 run "$unset" --set x0=2 --strict
doubt '--strict: the answer hangs on 2 assumptions' check "$unset" --strict \
	--abi "$source/conformance/images/unset.yaml"
doubt '--strict: the answer hangs on 1 assumption' sequence "$unset" --strict \
	--abi "$source/conformance/images/unset.yaml"

assumes 0 run "$unset" --set x0=1 --mem booted=0x1234:4 --strict
run1 0x1234 "$unset" --set x0=1 --mem booted=0x1234:4
run1 0xfffffffe "$unset" --set x0=1 --mem state+16=-2:4
run1 0x4000[0-9a-f]* "$unset" --set x0=5 --set tpidr_el2=vcpu0 --mem 'vcpu0+0x10=state+8'
run1 0x6f6c6c6568 "$unset" --set x0=5 --set tpidr_el2=0x9000000000 --mem 0x9000000010=string:hello
run1 0x200000001 "$unset" --set x0=5 --set tpidr_el2=0xfe0000000000 --mem '0xfe0000000010=1:4, 2:4'
# The rest of a page that is there for what the world sets is not set.
assumes 1 run "$unset" --set x0=5 --set tpidr_el2=0x9000000000 --mem 0x9000000000=1
printf 'AAAABBBBCCCCDDDDEEEEFFFF' >blob
run1 0x4646464645454545 "$unset" --set x0=5 --set tpidr_el2=0x9000000000 --mem 0x9000000000=file:blob
mkdir -p there
mv blob there/
cat >there/world.yaml <<'END'
name: booted
set: { tpidr_el2: 0x9000000000 }
memory:
  0x9000000000: file:blob
  booted: 0x77:4
END
run1 0x4646464645454545 "$unset" --set x0=5 --world there/world.yaml
run1 0x77 "$unset" --set x0=1 --world there/world.yaml
run1 0x78 "$unset" --set x0=1 --world there/world.yaml --mem booted=0x78:4
assumes 0 run "$unset" --set x0=1 --world there/world.yaml
# A specification's world, whose symbols are those of the subject at hand; proof and machine agree.
sed -e 's/^abi: .*/abi: booted/' -e 's/^rules:/worlds:\n  - name: host\n    memory: { booted: 0x55:4 }\nrules:/' \
	-e '/reads_bss/s/x0: 0 }/x0: 0x55 }/' "$source/conformance/images/unset.yaml" >booted.yaml
assumes 1 check "$unset" --abi ./booted.yaml
says out 'PASS  '
says out '4 rules hold, proved'
sed 's/0x55:4/0x56:4/' booted.yaml >other.yaml
sed -i 's/^abi: .*/abi: other/' other.yaml
quiet check "$unset" --abi ./other.yaml
[ "$status" = 1 ] || complain "memory of a specification's world: status $status"
says out 'x0 is 0x56, promised 0x55'
for bad in booted nosuch=1 booted=1:3 booted=0x100:1 booted= booted=nosuch booted=file:nosuch 'booted=1,' \
	0x4000000000=1 =1; do
	quiet run "$unset" --mem "$bad"
	[ "$status" = 2 ] || complain "--mem $bad: status $status, $(cat err)"
	[ ! -s out ] || complain "--mem $bad: a report"
	[ "$(wc -l <err)" = 1 ] || complain "--mem $bad: $(cat err)"
done

# An offset that is added to the image's own addresses is 0, and an MMU that is turned on without
# tables leaves memory where it is; both are told. Terms know no translation: what turns it on is
# swept, and the rest proved.
booting=$built/booting-exec.elf
run check "$booting" --abi "$source/conformance/images/booting.yaml" --brief
[ "$status" = 0 ] || complain "booting: status $status, $(cat err)"
says err 'tpidr_el2 is taken to be 0'
says out 'PASS  '
says out '5 rules hold, swept'
says out 'Swept, not proved: hvc from el1h: translation that the code turns on'
says out 'tables of EL2, which turned its MMU on'
run run "$booting" --set x0=1
says out '0x33'
run run "$booting" --set x0=4 --set x1=0x9000000000
says out 'on 1 assumption'
says out '0x9000000000'
# Tables of the world's are used: one block of 1 GiB where the code is.
run run "$booting" --set x0=4 --set x1=0x9000000000 \
	--mem 0x9000000000=0x9000001003 --mem 0x9000001008=0x40000701
says out 'outcome       return'
! grep -q assumption out || complain "tables of the world's: $(grep assumption out)"

# A fault on what only boot would have made good is no answer.
doubt '[tpidr_el2+0x10] was read' run "$unset" --set x0=5
says out 'Not the answer of a machine that has booted'
sed -e 's/^abi: .*/abi: thread/' -e '/reads_thread/s/unspecified/return, results: { x0: 0 }/' \
	"$source/conformance/images/unset.yaml" >thread.yaml
doubt '[tpidr_el2+0x10] was read' check "$unset" --abi ./thread.yaml
head -n 1 out | grep -q '^OPEN .*no answer, .* calls ended in a fault of the assumed world: ' ||
	complain "the first line is $(head -n 1 out)"
quiet check "$unset" --abi ./thread.yaml --set tpidr_el2=vcpu0
[ "$status" = 0 ] || complain "with tpidr_el2 set: status $status, $(cat err)"

# Nor is one on what the engine lacks, or on memory that the code itself found wanting.
lacking=$built/lacking-exec.elf
promised=$source/conformance/images/lacking.yaml
doubt 'not decided: the engine has no ICH_VTR_EL2, which the code at 0x4000' run "$lacking" --set x0=1
doubt 'BRK at 0x4000' run "$lacking" --set x0=2
assumes 0 run "$lacking" --set x0=3
doubt 'the engine has no ICH_VTR_EL2' check "$lacking" --abi "$promised"
says out 'OPEN  '
doubt 'the engine has no ICH_VTR_EL2' sequence "$lacking" --abi "$promised"
says out 'none fails'
sed -e 's/^abi: .*/abi: broken/' -e '/breaks/s/unspecified/return, results: { x0: 0 }/' "$promised" >broken.yaml
quiet check "$lacking" --abi ./broken.yaml
[ "$status" = 1 ] || complain "a BRK of its own: status $status"
quiet sequence "$lacking" --abi ./broken.yaml
[ "$status" = 1 ] || complain "a BRK of its own in a sequence: status $status"
# So is a panic to which EL2's own vectors come from there.
sed -e 's/^abi: .*/abi: panicking/' -e '/breaks,/d' \
	-e 's/checks\(.*\)results: { x0: 0 }/looks_for_fiq\1among: { x0: 0-1 }/' "$promised" >panicking.yaml
doubt 'the engine has no ICH_VTR_EL2' check "$lacking@panicking" --abi ./panicking.yaml --from el1h --brief
head -n 1 out | grep -q '^OPEN ' || complain "a panic: $(head -n 1 out)"
doubt 'the engine has no ICH_VTR_EL2' run "$lacking@panicking" --set x0=1
doubt 'the engine has no ICH_VTR_EL2' sequence "$lacking@panicking" --abi ./panicking.yaml
# A way that no call can take is not held against the terms.
quiet map "$lacking@panicking" --from el1h
[ "$status" = 0 ] || complain "what no call sets: status $status, $(cat err)"
says out 'Complete: '
quiet diff "$lacking" "$lacking" --brief
[ "$status" = 0 ] || complain "diff: status $status"

expect 2 check "$built/linked-reserved.elf" --abi "$abi"
says err "emulated machine's own"
finish
