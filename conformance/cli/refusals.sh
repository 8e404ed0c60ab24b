#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What cannot be done is refused in one line, with status 2 and without a report.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

# Commands and arguments
expect 2
expect 2 chek linux-stub-4.12
says err "did you mean 'check'?"
expect 2 frobnicate
expect 2 help frobnicate
expect 2 run
expect 2 run linux-stub-4.12 linux-stub-4.7
expect 2 diff linux-stub-4.12
expect 2 list knwon
expect 2 list subjects abis

# Subjects
expect 2 run nosuch
expect 2 run linux-stub-4.13
says err "did you mean 'linux-stub-4.12'?"
expect 2 run "$work/nosuch"
expect 2 map "$work/nosuch"
expect 2 check "$work/nosuch" --abi linux-stub-4.12
expect 2 diff linux-stub-4.12 "$work/nosuch"
expect 2 run "$work"
printf 'not an image' >text
expect 2 run ./text
printf '\177ELF' >elf
expect 2 run ./elf
head -c 4096 /dev/zero >raw
expect 2 run ./raw@0x40000001
expect 2 run ./raw@+0x1000
expect 2 run ./raw@nosuch
expect 2 run "$(printf './two\nlines')"

# An image cut short: an ELF header that promises more than there is
# (magic, class, order, version, padding; ET_EXEC, EM_AARCH64, version; entry; phoff 64; ...)
{
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0'
	printf '\2\0\267\0\1\0\0\0'
	printf '\0\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
	printf '\0\0\0\0\100\0\070\0\1\0\0\0\0\0\0\0'
	printf '\1\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0'
} >truncated
expect 2 run ./truncated@0x40000000
expect 2 map ./truncated@0x40000000

# ABIs
expect 2 check linux-stub-4.12 --abi nosuch
expect 2 check linux-stub-4.12 --abi linux-stub-4.1x
says err "did you mean 'linux-stub-4.12'?"
expect 2 check linux-stub-4.12 --abi ./nosuch.yaml
expect 2 check broken-nzcv
says err '--abi'
printf '# an ABI\nbogus: 1\n' >bogus.yaml
expect 2 check linux-stub-4.12 --abi ./bogus.yaml
says err './bogus.yaml:2:1: error: '
expect 2 run linux-stub-4.12 --abi ./bogus.yaml
expect 2 diff linux-stub-4.12 linux-stub-4.7 --abi-new ./bogus.yaml

# What rests on nothing never holds.
expect 2 callers linux-stub-4.12 --abi linux-stub-4.12
says err 'has no HVC or SMC instruction'
printf '%s\n' 'abi: open' 'title: t' 'source: s' 'callers: el1h' 'instructions: hvc' 'rules:' \
	'  - name: any' '    default: true' '    outcome: unspecified' >open.yaml
expect 2 check linux-stub-4.12 --abi open.yaml --brief
says err 'promises nothing for any of the'
expect 2 safety linux-stub-4.12 --abi open.yaml --brief
says err 'there is nothing to look at'
expect 2 sequence linux-stub-4.12 --abi open.yaml --randoms 0
says err 'no sequence of'
expect 2 check linux-stub-4.12 --abi linux-stub-4.12 --brief --from el0
expect 2 leaks linux-stub-4.12 --from el2h

# Options
for imm in 65536 -1 1x x 0x 0x10000 ' 1' 1.0 +1 99999999999999999999; do
	expect 2 run linux-stub-4.12 --imm "$imm"
done
expect 2 run linux-stub-4.12 --imm ''
expect 2 run linux-stub-4.12 --imm=
expect 2 run linux-stub-4.12 --imm
expect 2 run linux-stub-4.12 --imm --trace
for set in x31=0 w31=0 nosuch=1 x0 =1 x0= x0=z x0=0x10000000000000000 w0=0x100000000 \
	w0=-0x80000001 nzcv=1 daif=0x1000 zcr_el2=0; do
	expect 2 run linux-stub-4.12 --set "$set"
done
expect 2 run linux-stub-4.12 --from el3
expect 2 run linux-stub-4.12 --insn svc
expect 2 run linux-stub-4.12 --cpu a53
expect 2 run linux-stub-4.12 --seed -1
expect 2 run linux-stub-4.12 --budget 0
expect 2 map linux-stub-4.12 --jobs 0
expect 2 map linux-stub-4.12 --jobs 257
expect 2 map linux-stub-4.12 --randoms 1e3
expect 2 map linux-stub-4.12 --set x0=1
expect 2 map linux-stub-4.12 --trace
expect 2 map linux-stub-4.12 --jsob 1
expect 2 map linux-stub-4.12 --trace=1
for format in svg map; do
	expect 2 scan linux-stub-4.12 --format "$format"
	says err 'not available yet'
done
expect 2 list --report json=report
expect 2 check linux-stub-4.12 --report map=report
expect 2 check linux-stub-4.12 --report junit
expect 2 check linux-stub-4.12 --fail-on errors
expect 2 check linux-stub-4.12 --abi linux-stub-4.12 --format xml
expect 2 run linux-stub-4.12 --format html
says err 'with --and'
expect 2 run linux-stub-4.7 --and linux-stub-4.12 --abi linux-stub-4.7
says err '--and'
expect 2 run linux-stub-4.7 --and nosuch
# What one kind of EL2 has and the other has not, in one line.
expect 2 map xen --from el2-hyp
says err 'xen is AArch64 code, whose EL2 has no Hyp mode'
expect 2 run xen-arm32 --from el1h
says err 'xen-arm32 is 32-bit code, whose callers are el1-svc and the other modes'
expect 2 map xen-arm32 --esr 0x07e00000
says err '32-bit code'
expect 2 map xen-arm32 --tree
says err 'xen-arm32 is 32-bit code, which is not followed'
expect 2 check xen-arm32 --abi xen
says err 'xen is of EL2 in AArch64 state, and xen-arm32 is 32-bit code'
expect 2 check jailhouse --abi jailhouse-arm32
says err 'jailhouse-arm32 is of Hyp mode, and jailhouse is AArch64 code'
expect 2 diff --abi xen --widths
says err 'for callers of 64 bits alone'
expect 2 diff xen xen-arm32 --widths
says err 'compares specifications'
expect 2 history linux-stub --widths
says err 'two families'
expect 2 history linux-stub-imm
says err 'no family'
expect 2 history linux-stub-4.7 nosuch
expect 2 map linux-stub-4.12 --picture --format html
says err 'pictures by themselves'
expect 2 list --quiet=1
finish
