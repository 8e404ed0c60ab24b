#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# QEMU agrees: agree.sh ASK_QEMU nested, on exceptions that EL2 takes while it serves a call; or smc, on an SMC with
# and without HCR_EL2.TSC.
. "$(dirname "$(realpath "$0")")/../cli/common.sh"
if ! command -v qemu-system-aarch64 >/dev/null; then
	echo 'skipped: no qemu-system-aarch64 (Debian: apt-get install qemu-system-arm)'
	exit 77
fi

# The call ends so, and the same way in both.
agree() { # OUTCOME ARGUMENT...
	local outcome=$1
	shift
	expect 0 "$@"
	says out ": $outcome"
	says out agrees
}

case $2 in
nested) # Exceptions at EL2 go to EL2's own table, and come back from there: SVC, UNDEFINED, BRK, HVC.
	for call in 3 5; do
		agree return "$HVC_CASES/nested-right.elf@vectors" "x0=$call"
	done
	agree return "$HVC_CASES/nested-undefined-right.elf@vectors"
	for call in 1 2 3; do
		agree return "$HVC_CASES/taken-right.elf@vectors" "x0=$call"
	done
	;;
smc) # It comes to EL2 where HCR_EL2.TSC traps it, and goes to EL3 otherwise.
	for from in el1h el1t; do
		agree forward linux-stub-4.12 insn=smc x0=2 from=$from
		agree retry linux-stub-4.12 insn=smc x0=2 from=$from hcr_el2=0x80080000
	done
	;;
esac
[ "$failures" = 0 ]
