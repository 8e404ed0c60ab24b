#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Debian's Linux and Xen as they are shipped, and as they are once they have booted in QEMU.
#
#   snapshots.sh HVCHECK FOLDER AS LD    FOLDER: where packages are kept; AS, LD: for AArch64
#
# Exit status: 0 all holds, 1 something does not, 77 QEMU or a package could not be had.
set -u
export LC_ALL=C
hvcheck=$(realpath "$1")
real=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
snapshot=$real/../../ci/jobs/snapshot
for tool in qemu-system-aarch64 python3 dpkg-deb "$3" "$4"; do
	command -v "$tool" >/dev/null || { echo "skipped: there is no $tool" >&2; exit 77; }
done
folder=$(mkdir -p "$2" && cd "$2" && pwd -P)
linux=$("$real/fetch-package" "$folder" bookworm 'linux-image-6\.1\.0-[0-9]+-cloud-arm64') || exit
xen=$("$real/fetch-package" "$folder" bookworm 'xen-hypervisor-4\.17-arm64') || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for package in "$linux" "$xen"; do
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work" --wildcards './boot/*'
done
kernel=$(echo "$work"/boot/vmlinuz-*)
"$3" -o "$work/init.o" "$real/kvm-init.S" && "$4" -o "$work/init" "$work/init.o" || exit 1
# An initramfs with the one program: newc, Linux Documentation/driver-api/early-userspace.
python3 - "$work/init" "$work/initrd" <<'END'
import sys

def entry(name, mode, data=b"", device=(0, 0)):
    name = name.encode() + b"\0"
    fields = (1, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    head += b"\0" * (-len(head) % 4)
    return head + data + b"\0" * (-len(data) % 4)

with open(sys.argv[1], "rb") as program, open(sys.argv[2], "wb") as out:
    out.write(entry("dev", 0o40755) + entry("dev/console", 0o20600, device=(5, 1)))
    out.write(entry("init", 0o100755, program.read()) + entry("TRAILER!!!", 0))
END

failed=0
complain() {
	printf 'FAILED: %s\n' "$1"
	failed=$((failed + 1))
}
boot() { # NAME ARGUMENT...
	local name=$1
	shift
	"$snapshot" -o "$work/$name" "$@" || complain "$name: no snapshot"
}
map() { # NAME SUBJECT
	"$hvcheck" map "$2" --brief >"$work/$1.map" 2>"$work/err" ||
		complain "map $2: $(cat "$work/err")"
	grep -q '^Complete: ' "$work/$1.map" || complain "map $2: not complete"
}
has() { # NAME PATTERN
	grep -qE -- "$2" "$work/$1.map" || complain "$1: nothing like: $2"
}
calls() { # NAME: what the callers' side of each class is
	sed -nE 's/^ +[0-9]+  ((x0|anything)[^ ]*( [^ ]+)*)  .*(return|jump|handoff).*/\1 \4/p' "$work/$1.map"
}

boot nvhe.core "$kernel" -- -append 'console=ttyAMA0 kvm-arm.mode=nvhe' -initrd "$work/initrd"
boot pkvm.core "$kernel" -- -append 'console=ttyAMA0 kvm-arm.mode=protected'
boot xen.core --memory 400 --quiet 8 "$work/boot/xen-4.17-arm64" -- \
	-append 'dom0_mem=160M console=dtuart' \
	-device "guest-loader,addr=0x50000000,kernel=$kernel,bootargs=console=hvc0"

# nVHE: the same calls of the same functions. Protected: the stub's calls and the early ones go.
map image "$linux@__kvm_nvhe___kvm_hyp_host_vector"
map nvhe "$work/nvhe.core"
map pkvm "$work/pkvm.core"
[ "$(calls image)" = "$(calls nvhe)" ] || complain 'nVHE: other calls than the image'
has nvhe 'x0 = 0xc600000c +handoff to __kvm_nvhe_handle___kvm_vcpu_run'
has nvhe 'x0 in 0, 3 +return, x0 := 0xbadca11'
has pkvm 'x0 = 0xc6000008 +handoff to __kvm_nvhe_handle___pkvm_prot_finalize'
has pkvm 'x0 not in 0xc6000008-0xc6000016 +return, x0 := 0xffffffffffffffff'
map xen "$work/xen.core"
has xen 'imm = 0, w0 in 0x80003fff, 0x80008000 +return, x0 := 0, x1 := 0'
has xen 'imm = 0, w0 = 0x80007fff +return'
has xen 'anything else +handoff'

# The early boot's stub, by name and by specification.
boot stub.core "$kernel" -- -append 'console=ttyAMA0 kvm-arm.mode=nvhe'
"$hvcheck" check "$work/stub.core" --abi linux-stub-6.0 >"$work/out" 2>&1 ||
	complain "stub: $(cat "$work/out")"
"$hvcheck" leaks "$work/stub.core" >"$work/out" 2>&1
[ $? -le 1 ] || complain "leaks of the stub: $(cat "$work/out")"
[ "$failed" = 0 ]
