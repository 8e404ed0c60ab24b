#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Debian's Linux and Xen as they are shipped: what scan names each table, and what map and check of
# it say without any option but that name. Each answer is right, or its first line says what is missing.
#
#   images.sh HVCHECK FOLDER     FOLDER: where packages are kept, downloaded when they are not
#
# Exit status: 0 all holds, 1 something does not, 77 a package could not be had (one line says why).
set -u
export LC_ALL=C
hvcheck=$(realpath "$1")
real=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
folder=$(mkdir -p "$2" && cd "$2" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fetch() { # NAME SUITE PATTERN
	local package
	package=$("$real/fetch-package" "$folder" "$2" "$3") || exit
	ln -s "$package" "$1.deb"
}
fetch linux-5.10 bullseye 'linux-image-5\.10\.0-[0-9]+-cloud-arm64'
fetch linux-6.1 bookworm 'linux-image-6\.1\.0-[0-9]+-cloud-arm64'
fetch linux-6.12 trixie 'linux-image-6\.12[0-9.]*[-+a-z0-9]*-cloud-arm64'
fetch linux-7.2 trixie-backports 'linux-binary-7\.2[0-9.]*[-+a-z0-9]*-cloud-arm64'
fetch xen-4.14 bullseye 'xen-hypervisor-4\.14-arm64'
fetch xen-4.17 bookworm 'xen-hypervisor-4\.17-arm64'
fetch xen-4.20 trixie 'xen-hypervisor-4\.20-arm64'

failed=0
complain() {
	printf 'FAILED: %s\n' "$1"
	failed=$((failed + 1))
}

# IMAGE, the ABI that scan names a table, how it does (JSON: by, proved), and what check says first.
# `booted`: the answer needs what boot has set, which the first line says, with status 2.
while read -r image abi by proved verdict; do
	[ -e "$image.json" ] || "$hvcheck" scan "$image.deb" --format json >"$image.json" || complain "scan $image"
	# The table that the ABI is named for, the first.
	at=$(python3 -c 'import json, sys
abi, by, proved = sys.argv[2:]
for table in json.load(open(sys.argv[1]))["tables"]:
    fits = table.get("fits")
    if fits and fits["abi"] == abi and not fits["differ"]:
        if fits["by"] != by or str(fits["proved"]).lower() != proved:
            sys.exit(f"{abi} fits by {fits}")
        print(table["address"])
        break' "$image.json" "$abi" "$by" "$proved") || complain "$image: $abi"
	[ -n "$at" ] || { complain "$image: scan names no table $abi"; continue; }
	printf '%s@%s %s\n' "$image" "$at" "$abi"
	"$hvcheck" map "$image.deb@$at" >out 2>err || complain "map: $(head -n 2 out err)"
	grep -q '^Complete: ' out || complain "the map is not complete"
	"$hvcheck" check "$image.deb@$at" --abi "$abi" >out 2>err
	status=$?
	head -n 1 out
	case $verdict in
	keeps)
		[ $status = 0 ] || complain "status $status: $(head -n 3 out err)"
		head -n 1 out | grep -q '^PASS ' || complain "the first line is $(head -n 1 out)"
		;;
	booted)
		[ $status = 2 ] || complain "status $status: $(head -n 3 out err)"
		head -n 1 out | grep -q 'of the assumed world: \|not decided: ' || complain "the first line is $(head -n 1 out)"
		;;
	esac
done <<'END'
linux-5.10 linux-stub-4.12 calls true keeps
linux-5.10 linux-hibernate-4.7 calls true keeps
linux-5.10 linux-kvm-init-5.10 calls false keeps
linux-6.1 linux-stub-6.0 calls true keeps
linux-6.1 linux-trans-pgd-5.17 calls true keeps
linux-6.1 linux-kvm-init-5.14 calls false keeps
linux-6.1 linux-kvm-6.1 calls false booted
linux-6.12 linux-stub-6.0 calls true keeps
linux-6.12 linux-trans-pgd-5.17 calls true keeps
linux-6.12 linux-kvm-init-6.8 calls false keeps
linux-6.12 linux-kvm-6.12 calls false booted
linux-7.2 linux-stub-7.2 calls true keeps
linux-7.2 linux-trans-pgd-5.17 calls true keeps
linux-7.2 linux-kvm-init-7.2 calls false keeps
linux-7.2 linux-kvm-7.2 calls false booted
xen-4.14 xen code false booted
xen-4.17 xen code false booted
xen-4.20 xen code false booted
END
[ "$failed" = 0 ]
