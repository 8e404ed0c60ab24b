#!/bin/sh
# SPDX-License-Identifier: MIT
# The resume path of hibernation, one call at a time: hibernate.sh HVCHECK
# x24 is the stub's address as swsusp_arch_suspend_exit leaves it, x0 and x1 what the page copy
# before it left over.
hvcheck=$1
stub=0x40008000 copied=0x4000043000 page=0x4000042000

call() { # WHAT SUBJECT SETTING...
	printf '== %s\n\n' "$1"
	shift
	subject=$1
	shift
	"$hvcheck" run "$subject" --set "$1" --set "$2" --set "$3" || exit
	printf '\n'
}

call 'Until 5.15: the old caller, the old vectors' linux-hibernate-4.7 \
	x24=$stub x0=$copied x1=$page
call 'From 5.17 on: the old caller, the new vectors' linux-trans-pgd-5.17 \
	x24=$stub x0=$copied x1=$page
call 'By 7.2: the new caller, the new vectors' linux-trans-pgd-5.17 \
	x24=$stub x0=0 x1=$stub
printf '== What the two ABIs promise\n\n'
"$hvcheck" diff --abi linux-hibernate-4.7 linux-trans-pgd-5.17
[ $? = 1 ]
