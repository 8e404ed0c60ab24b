#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The diff driver for git: what `git diff` says of vectors.S, and of an image.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"
command -v git >/dev/null || { echo 'skipped: no git (Debian: apt-get install git)'; exit 77; }

driver=$source/ci/jobs/git/hvcheck-diff
mkdir "$work/bin" "$work/tree"
ln -s "$hvcheck" "$work/bin/hvcheck"
export PATH=$work/bin:$PATH GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
cd "$work/tree" || exit 2

git init -q .
git config user.name test
git config user.email test@example.com
git config diff.hvcheck.command "$driver"
git config hvcheck.symbol lodge_vectors
printf '*.S diff=hvcheck\n*.elf diff=hvcheck\n' >.gitattributes
mkdir arch
cp "$source/examples/hypervisor/vectors.S" arch/vectors.S
assemble() {
	"$as" -o v.o arch/vectors.S && "$ld" -Ttext=0x80080000 -e lodge_vectors -o lodge.elf v.o
}
as=aarch64-linux-gnu-as ld=aarch64-linux-gnu-ld
command -v $as >/dev/null || as=as ld=ld
assemble || exit 2
git add .gitattributes arch lodge.elf
git commit -qm one

# Nothing but words: the ABI is the same, and the driver says so.
sed -i 's/HVC #0 from AArch64/the only immediate there is/' arch/vectors.S
git diff >../out
says ../out 'hvcheck diff old/arch/vectors.S new/arch/vectors.S'
says ../out 'do the same in all of'

# A call that is another one now: found in the source, and in the image made of it.
sed -i 's/cbz	x0, version/cbnz	x0, version/' arch/vectors.S
assemble || exit 2
git diff -- arch >../out
says ../out 'old/vectors.o'
says ../out 'hvcheck run'
! grep -q '^-.*cbz' ../out || complain 'the text of the file is shown, too'
git diff -- lodge.elf >../out
says ../out 'old/lodge.elf'
says ../out 'hvcheck run'
! grep -q 'Binary files' ../out || complain 'git looked at the image itself'

# History, and a file that comes and goes.
git commit -qam two
git log -p --ext-diff -1 >../out
says ../out 'hvcheck diff old/arch/vectors.S new/arch/vectors.S'
git log -p --ext-diff --reverse -- arch/vectors.S >../out
says ../out 'added'
git rm -q lodge.elf
git diff --cached >../out
says ../out 'removed'

# What cannot be assembled is said, and shown as text.
printf '\tnonsense x0\n' >>arch/vectors.S
git diff -- arch >../out || complain 'git diff failed'
says ../out 'the new file cannot be assembled'
says ../out '+	nonsense x0'

# So is what hvcheck fails on, from a folder inside the tree too: the change is never lost.
git checkout -q arch/vectors.S
sed -i 's/cbnz	x0, version/cbz	x0, version/' arch/vectors.S
git config hvcheck.options --no-such-option
for folder in . arch; do
	(cd $folder && git diff) >../out 2>&1 || complain "git diff failed in $folder"
	says ../out "has no option '--no-such-option'"
	says ../out '+	cbz	x0, version'
done
finish
