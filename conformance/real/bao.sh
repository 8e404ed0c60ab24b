#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Bao, built from its public source and booted in QEMU with one guest that makes a call: its real
# handlers are mapped, and proved to keep conformance/abi/bao.yaml.
#
#   bao.sh HVCHECK FOLDER     FOLDER: where the source is kept
#
# HVC_BAO_SOURCE names a tree that is there already. The compiler is aarch64-linux-gnu-gcc. Exit status: 0 all holds, 1 something does not, 77 a tool or the source could not
# be had (one line says why).
set -u
export LC_ALL=C
hvcheck=$(realpath "$1")
real=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cross=aarch64-linux-gnu-
commit=738e3dc50983b4653ce63410368f65b75a627585
for tool in aarch64-linux-gnu-gcc qemu-system-aarch64 python3 make git; do
	command -v "$tool" >/dev/null || { echo "skipped: there is no $tool" >&2; exit 77; }
done
source=${HVC_BAO_SOURCE:-$2/bao-hypervisor}
if [ ! -e "$source/Makefile" ]; then
	mkdir -p "$2"
	rm -rf "$source.part"
	{ git init -q "$source.part" && cd "$source.part" &&
		git fetch -q --depth 1 https://github.com/bao-project/bao-hypervisor $commit &&
		git checkout -q FETCH_HEAD; } || { echo "skipped: Bao's source could not be had" >&2; exit 77; }
	cd "$OLDPWD" && mv "$source.part" "$source" || exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$source" "$work/bao" && cd "$work" || exit 1

# One CPU and 16 MiB, so that the snapshot is small; and a guest whose call stops the machine at EL2.
cp -r bao/src/platform/qemu-aarch64-virt bao/src/platform/small
sed -i 's/\.cpu_num = 4/.cpu_num = 1/; s/0x100000000/0x1000000/' bao/src/platform/small/virt_desc.c
printf '\tmov w0, #0x84000000\n1:\thvc #0\n\twfi\n\tb 1b\n' >guest.S
${cross}as -o guest.o guest.S && ${cross}objcopy -O binary -j .text guest.o guest.bin || exit 1
mkdir -p config/guest
cat >config/guest/config.c <<END
#include <config.h>
VM_IMAGE(guest, "$work/guest.bin")
struct config config = {
	.vmlist_size = 1,
	.vmlist = (struct vm_config[]){ {
		.image = VM_IMAGE_BUILTIN(guest, 0x40c00000),
		.entry = 0x40c00000,
		.cpu_affinity = 1,
		.platform = {
			.cpu_num = 1,
			.region_num = 1,
			.regions = (struct vm_mem_region[]){ { .base = 0x40c00000, .size = 0x100000 } },
			.arch = { .gic = { .gicd_addr = 0x08000000, .gicr_addr = 0x080a0000 } },
		},
	} },
};
END
make -C bao PLATFORM=small CONFIG_REPO="$work/config" CONFIG=guest CROSS_COMPILE=$cross \
	sstrip=true >make.log 2>&1 || { tail -n 5 make.log; exit 1; }
built=bao/bin/small/guest
place() { # SYMBOL [OFFSET]
	printf '0x%x' $((0x$(${cross}nm $built/bao.elf | awk -v name="$1" '$3 == name { print $1 }') + ${2:-0}))
}
"$real/../../ci/jobs/snapshot" -o bao.core --memory 16 --cpu cortex-a53 \
	--at "$(place _hyp_vector_table 0x400)" $built/bao.bin -- -M gic-version=3 || exit 1

failed=0
complain() {
	printf 'FAILED: %s\n' "$1"
	failed=$((failed + 1))
}
# The console is a device, which is not there.
printk="$(place console_printk)=0"
"$hvcheck" check bao.core --stub "$printk" --abi bao >out 2>err || complain "check: $(head -n 3 out err)"
grep -q '10 rules hold, proved' out || complain "check: $(head -n 3 out)"
"$hvcheck" map bao.core --into --stub "$printk" --brief >out 2>err || complain "map: $(cat err)"
grep -q '^Complete: ' out || complain 'the map is not complete'
answers() { # VALUE FUNCTION [ARGUMENT]
	"$hvcheck" run bao.core --stub "$printk" --set "x0=$2" --set "x1=${3:-0}" >out 2>err
	grep -qE "^  x0 +$2 +$1( |\$)" out || complain "$2 of ${3:-0} is not $1: $(cat out err)"
}
answers 0x10001 0x84000000
answers 2 0x84000006
answers 0 0x8400000a 0x84000000
answers -1 0x8400000a 0x84000008
answers -2 0xc4000003 0x99
answers 0 0xc4000004
answers -1 0xc4000006
answers -3 0x86000001 0x7
answers -2 0xc6000003
answers -1 0x87000001
[ "$failed" = 0 ]
