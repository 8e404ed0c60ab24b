#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every command on pages of 60 and 80 columns (100 is what the kept reports have): nothing is wider, and no word is broken.

    widths.py HVCHECK      exit status 0: all pages hold, 1: they do not

A command to be pasted stays on its line, and so does a word that is wider than the page; a picture
in letters has 80 columns at least. A word is whole if the page that has all the room there is shows
it, too.
"""

import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

PICTURE = re.compile(r" +(0x[0-9a-f]{4}   \S{64}|00( +[0-9a-f]0){7})$")
WIDTHS = [60, 80]
RUNS = """
list subjects
list abis
list rules
list known --imm 0x6000
run linux-stub-4.12 --set x0=0
run linux-stub-4.12 --set x0=1 --trace
run linux-stub-4.7 --and linux-stub-4.12 --set x0=1
map linux-stub-4.12 --brief
map kvm-guest --tree --brief
map linux-stub-imm --brief --picture
check broken-single-imm --abi linux-stub-imm --brief --from el1h --insn hvc
check linux-stub-4.12 --brief --from el1h --insn hvc --all
check broken-leak-simd --abi linux-stub-4.12 --contract --brief --from el1h --insn hvc --all
diff linux-stub-imm linux-stub-4.7 --brief --from el1h --insn hvc
diff --abi linux-kvm-6.1 linux-kvm-6.19
diff --abi jailhouse --widths
history linux-stub
leaks broken-leak-el2 --abi linux-stub-4.12 --imm 0 --insn hvc
safety broken-vbar-unknown --abi linux-stub-4.12 --brief --from el1h --insn hvc
sequence broken-seq-set-once --abi linux-stub-4.12
collide xen hafnium
scan sites.bin
scan linux-stub-4.12 --audit
callers sites.bin --abi linux-stub-4.12
""".strip().splitlines()
# Four call sites: set_vectors; no stub's call; a pointer left over; Xen's version call.
SITES = [0xd503245f, 0xaa0003e1, 0xd2800000, 0xd4000002, 0xd65f03c0,
         0xd503245f, 0xd28000e0, 0xd4000002, 0xd65f03c0,
         0xd503245f, 0xf9400020, 0xf8008402, 0xb4000058, 0xd4000002, 0xd65f03c0,
         0xd503245f, 0xd2800230, 0xd401d422, 0xd65f03c0]


def told(hvcheck, words, columns):
    done = subprocess.run([hvcheck, *words.split()], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, env={**os.environ, "COLUMNS": str(columns)})
    if done.returncode not in (0, 1):
        sys.exit(f"FAILED: '{words}': status {done.returncode}: {done.stderr}")
    return done.stdout


def too_wide(page, columns):
    for line in page.splitlines():
        if (len(line) > columns and " " in line.strip() and "hvcheck " not in line
                and not PICTURE.match(line)):
            yield line


def main():
    hvcheck = os.path.realpath(sys.argv[1])
    faults = 0
    commands = set(re.findall(r"^  hvcheck ([a-z]+)|^  ([a-z]+)  ", told(hvcheck, "--help", 100), re.M))
    missing = {one or other for one, other in commands} - {run.split()[0] for run in RUNS}
    missing -= {"completion"}  # writes scripts for shells
    for name in sorted(missing):
        faults += 1
        print(f"FAILED: no run of 'hvcheck {name}' is looked at")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        pathlib.Path("sites.bin").write_bytes(struct.pack(f"<{len(SITES)}I", *SITES))
        for run in RUNS:
            whole = set(told(hvcheck, run, 0).split())
            for columns in WIDTHS:
                page = told(hvcheck, run, columns)
                for line in too_wide(page, columns):
                    faults += 1
                    print(f"FAILED: {columns} columns: {run}: too wide: {line}")
                # The title of a column has a colon where its cell stands under the row.
                for word in sorted({word for word in page.split()
                                    if word not in whole and word.rstrip(":") not in whole}):
                    faults += 1
                    print(f"FAILED: {columns} columns: {run}: a part of a word: {word}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
