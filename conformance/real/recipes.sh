#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The recipes of README.md, kept working: each is one command on a package of Debian.
#
#   recipes.sh HVCHECK FOLDER     FOLDER: where packages are kept, downloaded when they are not
#
# Exit status: 0 all work, 1 one does not, 77 a package could not be had (one line says why).
set -u
export COLUMNS=1000 # a row a line
hvcheck=$(realpath "$1")
real=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
fetch() { "$real/fetch-package" "$folder" "$@" || exit; }

mkdir -p "$2"
folder=$(cd "$2" && pwd -P)
cd "$folder" || exit 2
ln -sf "$(fetch bullseye 'linux-image-5\.10\.0-[0-9]+-cloud-arm64')" linux-5.10.deb || exit
ln -sf "$(fetch bookworm 'linux-image-6\.1\.0-[0-9]+-cloud-arm64')" linux-6.1.deb || exit
ln -sf "$(fetch trixie 'linux-image-6\.12[0-9.]*[-+a-z0-9]*-cloud-arm64')" linux-6.12.deb || exit
ln -sf "$(fetch bookworm 'xen-hypervisor-4\.17-arm64')" xen-4.17.deb || exit
ln -sf "$(fetch bookworm 'linux-image-6\.1\.0-[0-9]+-armmp-lpae' armhf)" linux-6.1-armhf.deb || exit
ln -sf "$(fetch bookworm 'xen-hypervisor-4\.17-armhf' armhf)" xen-4.17-armhf.deb || exit
for package in linux-5.10.deb linux-6.1.deb linux-6.12.deb xen-4.17.deb linux-6.1-armhf.deb xen-4.17-armhf.deb; do
	[ -s "$package" ] || { echo "skipped: $package could not be had" >&2; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failed=0
TIMEFORMAT=%U
recipe() { # STATUS ARGUMENT...: what it printed is in $work/out
	local expected=$1 status=0 begin=$SECONDS
	shift
	# The time that counts is the processor's own: the machine may have other work.
	{ time "$hvcheck" "$@" >"$work/out" 2>"$work/err"; } 2>"$work/time" || status=$?
	took=$(cut -d. -f1 "$work/time")
	printf '%3d s  hvcheck %s\n' $((SECONDS - begin)) "$*"
	[ "$status" = "$expected" ] && return
	printf 'FAILED: status %s, not %s\n' "$status" "$expected"
	tail -n 5 "$work/out" "$work/err"
	failed=$((failed + 1))
}
tells() { # PATTERN...: extended, in what the recipe printed
	local pattern
	for pattern; do
		grep -qE -- "$pattern" "$work/out" && continue
		printf 'FAILED: nothing like: %s\n' "$pattern"
		failed=$((failed + 1))
	done
}

recipe 0 scan linux-6.1.deb
tells '__hyp_stub_vectors +Linux hyp stub' 'trans_pgd_stub_vectors +Linux small stub' \
	'__kvm_nvhe___kvm_hyp_host_vector +Linux KVM host' '^72 HVC and 94 SMC' \
	'hvc #0x0 +__hyp_set_vectors\+0x[0-9a-f]+ +x0 = 0'
# What the audit says of 6.1, and why each is so. An ERET: el1_sync, elx_sync and __finalise_el2 (the
# stubs' answers), __kvm_nvhe___do_hyp_init, enter_vhe, init_el1, init_el2 and __kvm_nvhe_reset (code that
# runs before there is anybody to leak to), el2_sync of both vectors (back from a fault that has a
# fixup) and ret_to_user (EL2's own under VHE) have code right behind them; 6.1 has its barriers behind the
# ERETs of kernel_exit's other ways, __guest_enter and the host's vectors. A control:
# ____kvm_hyp_init is left by RET, and a CPU that PSCI starts goes on by BR, with neither ISB nor exception; __deactivate_traps returns with the host's vectors
# written, and __kvm_enable_ssbs with SCTLR_EL2.DSSBS, and both return to C.
audited=(__finalise_el2 __kvm_nvhe____kvm_hyp_init __kvm_nvhe___deactivate_traps __kvm_nvhe___do_hyp_init
	__kvm_nvhe_el2_sync __kvm_nvhe_handle___kvm_enable_ssbs __kvm_nvhe_reset el1_sync el2_sync elx_sync
	enter_vhe init_el1 init_el2 ret_to_user)
recipe 1 scan linux-6.1.deb --audit
tells ': 15 errors, 3 warnings$'
if ! diff <(sed -n 's/^  0x[0-9a-f]*  .* in \(.*\)+0x[0-9a-f]*$/\1/p' "$work/out" | sort -u) <(printf '%s\n' "${audited[@]}"); then
	echo 'FAILED: the audit of 6.1 is not what is explained here'
	failed=$((failed + 1))
fi
recipe 0 scan linux-6.12.deb
tells '__hyp_stub_vectors .* conforms to linux-stub-6.0$' '__kvm_nvhe___kvm_hyp_host_vector .* conform to linux-kvm-6.12$' \
	'trans_pgd_stub_vectors .* conforms to linux-trans-pgd-5.17$'
recipe 0 scan xen-4.17.deb
tells ' Xen' '^0 HVC and 22 SMC'

# 32 bits: the stub of the zImage loader, and that of the kernel packed in it.
mkdir -p "$work/armhf"
dpkg-deb --fsys-tarfile linux-6.1-armhf.deb | tar -x -C "$work/armhf" --wildcards './boot/vmlinuz-*'
mv "$work"/armhf/boot/vmlinuz-* "$work/zImage"
recipe 0 scan "$work/zImage"
tells '^1 vector table' 'may conform to linux-arm-zimage-5.7'
recipe 0 check "$work/zImage" --abi linux-arm-zimage-5.7 --brief
recipe 0 scan "$work/zImage:kernel"
tells '^1 vector table' 'may conform to linux-arm-stub-5.7'
recipe 0 check "$work/zImage:kernel" --abi linux-arm-stub-5.7 --brief
tells '65,536 of 65,536 immediates|hold, swept'
# Its callers: hypercalls of Xen by r12, SMCCC, and a call that its own stub has no more from 5.7 on.
recipe 0 callers "$work/zImage:kernel"
tells 'hvc-a32 #0xea1 .* holds +x0: argument x0; x12 = 0x11 +xen_version' 'x12 = 0x29' 'arch_workaround_1' '^PASS .* no findings'
recipe 1 callers "$work/zImage:kernel" --abi linux-arm-stub-5.7
tells "hvc-a32 #0x0 .* 'unknown'"
recipe 0 scan linux-6.1-armhf.deb
tells '^3 HVC and 0 SMC instructions'
tells 'may conform to linux-arm-zimage-5.7'

# Xen of 32 bits, at the address that it is linked at: ENOSYS in r0, and an Undefined exception.
recipe 0 scan xen-4.17-armhf.deb
tells '^1 vector table' '^  0x2[0-9a-f]{5} .*8 live slots'
lent='--set tpidr_el2=0 --map-on-demand=64'
# shellcheck disable=SC2086 # words of the command
recipe 0 run xen-4.17-armhf.deb --imm 0xea1 --set r12=99 $lent
tells 'outcome +return' 'x0 .* 0xffffffda'
# shellcheck disable=SC2086
recipe 0 run xen-4.17-armhf.deb --imm 7 $lent
tells 'outcome +inject' 'ended +at el1-und'

recipe 0 check linux-6.1.deb@__hyp_stub_vectors --abi linux-stub-6.0 --brief
tells '65,536 immediates taken by each'
recipe 0 check linux-6.1.deb@trans_pgd_stub_vectors --abi linux-trans-pgd-5.17 --brief
recipe 0 check linux-5.10.deb@__hyp_stub_vectors --abi linux-stub-4.12 --brief --from el1h
recipe 0 check linux-5.10.deb@hibernate_el2_vectors --abi linux-hibernate-4.7 --brief

# No options: what the image does not bring is an input.
within() { # SECONDS of the processor, for the last recipe
	[ "$took" -le "$1" ] && return
	printf 'FAILED: %s s, more than %s\n' "$took" "$1"
	failed=$((failed + 1))
}
complete='^Complete: every immediate and every value of every register'
recipe 0 map linux-6.1.deb@__hyp_stub_vectors
within 6
tells "$complete" 'x0 = 0 +return, x0 := 0, vbar_el2 := x1' 'x0 = 3 +return, x0 := 0xbadca11' 'x0 >= 4'
recipe 0 map linux-6.1.deb@trans_pgd_stub_vectors
within 6
tells "$complete" 'x0 >= 2 +return, x0 := 0xbadca11'
recipe 0 map linux-6.1.deb@__kvm_nvhe___kvm_hyp_init
within 6
tells "$complete" 'handoff to __kvm_nvhe____kvm_hyp_init, x0 := x1' 'x0 in 0, 3 +return, x0 := 0xbadca11' 'anything else +return, x0 := -1'
recipe 0 map linux-6.1.deb@__kvm_nvhe___kvm_hyp_init --into
tells "$complete" '\[x1 \+ 0x30\]'
recipe 0 map linux-6.1.deb@__kvm_nvhe___kvm_hyp_host_vector
within 20
tells "$complete" 'x0 in 0, 3 +return, x0 := 0xbadca11' 'x0 = 1 +jump to x1 at el2h' \
	'x0 = 0xc6000001 +handoff to __kvm_nvhe_handle___kvm_get_mdcr_el2' \
	'x0 = 0xc600000c +handoff to __kvm_nvhe_handle___kvm_vcpu_run' \
	'x0 = 0xc6000016 +handoff to __kvm_nvhe_handle___pkvm_vcpu_init_traps' \
	'tpidr_el2' 'cmp x0, #2; b.ne'
# Handlers that need what boot sets and patches: each gets its call, and all else is proved.
recipe 2 check linux-6.1.deb@__kvm_nvhe___kvm_hyp_host_vector --abi linux-kvm-6.1 --all
within 20
tells '^OPEN .*not decided: ' 'Proved for every input that goes to none of [0-9]+ handlers' '^  unknown .* 0 +proved' \
	'^  soft_restart .* 0 +proved' '^  vcpu_run .* sampled'
# FF-A's calls are followed through, from EL1t and EL1h.
recipe 0 map linux-6.12.deb@__kvm_nvhe___kvm_hyp_host_vector
within 240
tells 'x0 in .*3|x0 = 3' 'handoff to .*handle___kvm_vcpu_run'
for table in __hyp_stub_vectors hibernate_el2_vectors; do
	recipe 0 map "linux-5.10.deb@$table"
	within 6
	tells "$complete"
done

# Xen: 0, 0xea1, and the rest; each hypercall number with where it goes.
recipe 0 map xen-4.17.deb
within 60
tells 'imm = 0, w0 = 0x80007fff +return' 'imm = 0xea1, x16 = 7,' 'imm = 0xea1, x16 = 0x20' \
	'imm in 1-0xea0, 0xea2-0xffff' 'imm = 0, w0 in .*0x84000000, 0x84000006,' 'imm = 0, w0 = 0x84000002,' \
	'imm = 0, w0 in 0x84000008-0x84000009,' 'imm = 0, w0 in .*0x82000000-0x82ffffff' "$complete"
grep -q 'others at 0x40054000' "$work/err" || { echo 'FAILED: the other tables are not told'; failed=$((failed + 1)); }
if grep -q '0x40000[0-9a-f]\{5\}[-,; ]' "$work/out"; then
	echo 'FAILED: a value of the harness'
	failed=$((failed + 1))
fi

# Their pages: small enough to send, and every class of the text is there.
page() { # SUBJECT
	recipe 0 map "$1" --brief --format html
	[ "$(wc -c <"$work/out")" -lt 200000 ] && return
	printf 'FAILED: the page of %s has %s bytes\n' "$1" "$(wc -c <"$work/out")"
	failed=$((failed + 1))
}
page linux-6.1.deb@__hyp_stub_vectors
tells 'x0 = 0.*class 1: return, x0 := 0, vbar_el2 := x1' 'x0 = 3' 'x0 &gt;= 4' 'return, x0 := 0xbadca11'
page xen-4.17.deb
tells 'imm = 0xea1' 'w0 in .*0x84000000, 0x84000006' '0xea2-0xffff'

# Real things side by side: two releases, and a build against a kept map.
recipe 1 diff linux-5.10.deb@__hyp_stub_vectors linux-6.1.deb@__hyp_stub_vectors \
	--abi-old linux-stub-4.12 --abi-new linux-stub-6.0 --brief
tells 'finalise_el2 .*added'
recipe 0 map linux-6.1.deb@__hyp_stub_vectors --brief --format map -o "$work/stub.map"
recipe 0 diff "$work/stub.map" linux-6.12.deb@__hyp_stub_vectors
recipe 1 diff "$work/stub.map" linux-5.10.deb@__hyp_stub_vectors

# Two releases' hypercalls: a number that is another call now, one whose handler does something else, and none that only moved.
host=__kvm_nvhe___kvm_hyp_host_vector
recipe 1 diff "linux-6.1.deb@$host" "linux-6.12.deb@$host" --insn hvc --brief --all
tells 'x0 = 0xc600000f: handoff to __kvm_nvhe_handle___kvm_tlb_flush_vmid_ipa_nsh,.* was handoff to __kvm_nvhe_handle___kvm_tlb_flush_vmid,' \
	'x0 = 0xc6000013: return, x0 := 0, cntvoff_el2 := x1, was return, x0 := 0, s3_4_c12_c11_7 := w1' \
	'handoff to __kvm_nvhe_handle___kvm_vcpu_run, whose code is not compared'
if grep -q 'x0 = 0xc6000002: ' "$work/out"; then
	echo 'FAILED: a handler that only moved'
	failed=$((failed + 1))
fi

# The call that shipped for years: its selector is what the page copy left over.
recipe 1 callers linux-6.1.deb --abi linux-trans-pgd-5.17 --also linux-stub-6.0
tells ': 1 error$' 'uninitialised: pointer left over' 'x24 is not zero'
# 6.12.117 sets it.
recipe 0 callers linux-6.12.deb --abi linux-trans-pgd-5.17 --also linux-stub-6.0
tells 'no findings$'
recipe 0 callers linux-5.10.deb --abi linux-hibernate-4.7 --also linux-stub-4.12

[ "$failed" = 0 ]
