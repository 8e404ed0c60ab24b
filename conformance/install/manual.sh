#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The installed manual pages: clean to the tools that read them, and with all that the program and
# the description of specifications have. The installed completion is the program's.
#   manual.sh BUILD
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
install_tree "$work/prefix"
hvcheck=$work/prefix/bin/hvcheck
share=$work/prefix/share

# What readers see: one text, without what fonts and hyphens are written as.
text() { # PAGE
	sed 's/\\f[BIR]//g; s/\\-/-/g; s/\\(aq/'"'"'/g; s/\\(ha/^/g; s/\\(ti/~/g; s/\\&//g; s/\\e/\\/g' "$1"
}
for page in man1/hvcheck.1 man5/hvcheck-abi.5; do
	name=${page#*/}
	gzip -dc "$share/man/$page.gz" >"$name"
	[ "$(head -c 10 "$share/man/$page.gz" | od -An -tx1 | tr -d ' ')" = 1f8b0800000000000203 ] ||
		fail "$page.gz has a name or a time, or was not packed by gzip -9n"
	if command -v mandoc >/dev/null; then
		quietly mandoc -Tlint -W warning "$name"
	fi
	if command -v groff >/dev/null; then
		groff -man -Tutf8 -ww -z "$name" 2>warnings
		[ ! -s warnings ] || { cat warnings; fail "groff warns of $name"; }
	fi
	text "$name" >"$name.text"
done

has() { # PAGE LINE
	grep -qxF -- "$2" "$1.text" || fail "$1 does not have the line: $2"
}
commands=$("$hvcheck" help | awk '/^commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }')
for command in $commands; do
	[ "$(grep -cxF ".SS $command" hvcheck.1.text)" = 1 ] || fail "hvcheck.1 has $command not once"
	"$hvcheck" "$command" --help >help
	sed -n '/^options/,/^$/s/^  \(....\)\(--[a-z-]*\)\(.*[^ ]\)\?$/\2/p' help >options
	sed -n "/^\.SS $command\$/,/^\.S[SH] /p" hvcheck.1.text >section
	[ -s options ] || fail "help of $command tells no options"
	while read -r option; do
		grep -qE -- "^(-[a-z], )?$option([ [].*)?\$" section || fail "$command: no $option"
	done <options
	sed -n '/^examples:/,$s/^  h/  h/p' help >examples
	while IFS= read -r example; do
		grep -qxF -- "$example" section || fail "$command: no example $example"
	done <examples
done
has hvcheck.1 '.SH EXIT STATUS'

# Each line of the fences, and each word in `code`, of the README.
readme=$source/conformance/abi/README.md
awk '/^```/ { on = !on; next } on' "$readme" | while IFS= read -r line; do
	has hvcheck-abi.5 "$line"
done
# shellcheck disable=SC2016
awk '/^```/ { on = !on; next } !on' "$readme" | tr '\n' ' ' | grep -oE '`[^`]+`' | tr -d '`' |
	sort -u | while IFS= read -r word; do
	grep -qF -- "$word" hvcheck-abi.5.text || fail "hvcheck-abi.5 does not have: $word"
done

"$hvcheck" completion bash | cmp - "$share/bash-completion/completions/hvcheck" || fail 'bash'
"$hvcheck" completion zsh | cmp - "$share/zsh/vendor-completions/_hvcheck" || fail 'zsh'
