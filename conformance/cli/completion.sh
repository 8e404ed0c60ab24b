#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The completion that the program writes offers what the program takes.
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$source/conformance/cli/common.sh"

expect 0 completion bash
mv out completion.bash
# shellcheck disable=SC1091 # just made
. ./completion.bash
[ "$(complete -p hvcheck)" = 'complete -F _hvcheck hvcheck' ] || complain 'hvcheck is not completed'

line() { tr '\n' ' ' | sed 's/ $//'; }
offered() { # WORD...: of the command line; the last is what is being completed
	COMP_WORDS=(hvcheck "$@")
	COMP_CWORD=$#
	_hvcheck
	printf '%s\n' "${COMPREPLY[@]}"
}
offers() { # EXPECTED WORD...: exactly these, in any order
	local found
	found=$(offered "${@:2}" | sort | line)
	[ "$found" = "$(tr ' ' '\n' <<<"$1" | sort | line)" ] ||
		complain "'hvcheck ${*:2}' is completed by '$found', not '$1'"
}

offers 'check' ch
offers 'help' he
offers "help $("$hvcheck" help | awk '/^commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' | line)" ''
offers 'safety scan sequence' help s
offers '--from --format' map --f
aarch32='el0-usr el1-svc el1-fiq el1-irq el1-abt el1-und el1-sys el2-hyp'
offers 'el1t el1h el1-svc el1-fiq el1-irq el1-abt el1-und el1-sys' map linux-stub-imm --from el1
offers 'el2t el2h el2-hyp' map --from = el2
offers "el0 el1t el1h el2t el2h $aarch32" run --from =
offers 'a72 max a15' run xen --cpu ''
offers 'hvc smc hvc-a32 hvc-t32 smc-a32 smc-t32 trap' check xen --insn ''
offers 'zero dirty' check xen --upper ''
offers 'auto always never' run xen --color ''
offers '' check xen --randoms ''
offers '' run xen --imm ''
offers 'bash zsh roff' completion ''
offers 'subjects' list s
offers 'zircon-init' check zir
offers 'm1n1' map --abi m1
offers 'xen xen-aarch32 xen-arm32 xen-debug' collide bao xe
touch xylophone.elf xy.yaml
offers 'xylophone.elf xy.yaml' scan x
offers 'xen xen-arm32 xen-debug xvisor xylophone.elf xy.yaml' map x
offers 'xylophone.elf xy.yaml' map xen -o x

# Every name that list prints; of specifications after --abi only those.
names() { "$hvcheck" list "$1" | awk 'NF > 2 && $1 ~ /^[a-z0-9.-]+$/ { print $1 }' | line; }
[ "$(names subjects | wc -w)" -gt 50 ] || complain 'few subjects are listed'
rm -f xylophone.elf xy.yaml completion.bash out err
offers "$(names subjects)" run ''
offers "$(names abis)" check xen --abi ''
offers "$(names subjects)" diff xen ''
offers "$(names abis)" diff --abi xen ''
offers "$(names subjects) $(names abis)" callers vmlinuz --abi ''

# What each option takes is what the program takes: every format that it offers is one.
for command in list map diff collide; do
	for format in $(offered "$command" --format ''); do
		run "$command" --format "$format" --help
		[ "$status" = 0 ] || complain "$command --format $format is offered, and refused"
	done
	[ "$(offered "$command" --format '' | grep -cxE 'text|json')" = 2 ] ||
		complain "$command --format offers neither text nor json"
done
# And every option that help tells, and no other.
for command in list run map check diff leaks safety collide scan callers completion; do
	"$hvcheck" "$command" --help >out
	offers "$(sed -n '/^options/,/^$/s/^  .\{4\}\(--[a-z-]*\).*/\1/p' out | line)" "$command" --
done
rm -f out
expect 0 completion zsh
if command -v zsh >/dev/null; then
	mv out _hvcheck
	zsh -n _hvcheck 2>err || complain "zsh: $(cat err)"
	# What it asks zsh for, without zsh's own machinery.
	zsh -f -c '_arguments() { print -rl -- "$@" }; _alternative() { print -rl -- "$@" }
		_describe() { print -rl -- "${commands[@]}" }; compdef() { }
		words=(hvcheck); CURRENT=2; . ./_hvcheck
		words=(hvcheck check ""); CURRENT=3; _hvcheck; _hvcheck_subjects' >asked 2>err ||
		complain "zsh: $(cat err)"
	says asked 'check:hold a subject to a written ABI'
	says asked "]:LEVEL:(el0 el1t el1h el2t el2h $aarch32)"
	says asked '*:argument:_hvcheck_subjects'
	grep -q '^subjects:subject:(linux-stub-3.8 .*xen' asked || complain 'zsh is offered no subjects'
fi
expect 2 completion fish
says err 'bash, zsh'
expect 2 completion
finish
