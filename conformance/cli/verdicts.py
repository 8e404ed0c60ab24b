#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Twenty runs in every format at once: one verdict, one count, one exit status.

    verdicts.py HVCHECK      exit status 0: all formats of each run agree, 1: they do not
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

RUNS = """
check linux-stub-4.12 --brief --from el1h --insn hvc
check broken-single-imm --abi linux-stub-imm --brief --from el1h --insn hvc
check broken-nzcv --abi linux-stub-4.7 --brief --from el1h --insn hvc
check linux-stub-imm --abi linux-stub-4.12 --brief --from el1h --insn hvc
check linux-stub-imm --abi linux-stub-4.12 --brief --from el1h --insn hvc --fail-on never
diff linux-stub-4.7 linux-stub-4.7 --brief
diff linux-stub-4.7 linux-stub-4.8 --brief
diff linux-stub-imm linux-stub-4.7 --brief
diff linux-kvm-6.1 linux-kvm-6.19 --brief
diff --abi linux-stub-4.9 linux-stub-4.12
diff --abi linux-stub-6.0 linux-stub-6.19
diff --abi linux-kvm-6.1 linux-kvm-6.19
diff --abi xen xen
leaks linux-stub-imm --imm 4
leaks broken-leak-el2 --abi linux-stub-4.12 --imm 0 --insn hvc
safety linux-stub-4.12 --brief --from el1h
safety broken-vbar-unknown --abi linux-stub-4.12 --brief --from el1h --insn hvc
sequence linux-stub-4.7
sequence broken-seq-set-once --abi linux-stub-4.12
collide xen gunyah
""".strip().splitlines()
LEVELS = ["error", "warning", "note"]


def count(text):
    """Errors and warnings as words say them: '2 errors, 1 warning'."""
    return [int(found[1]) if (found := re.search(rf"(\d+) {level}s?\b", text)) else 0
            for level in LEVELS[:2]]


def of_junit(path):
    root = tree.parse(path).getroot()
    suites = [root] if root.tag == "testsuite" else list(root)
    return sum(int(suite.get("failures")) for suite in suites)


def verdicts(hvcheck, folder, words):
    """What each format says: fails or not, and how many errors and warnings."""
    formats = ["json", "markdown", "junit", "sarif", "github", "html"]
    paths = {name: folder / name for name in formats}
    done = subprocess.run([hvcheck, *words.split(), "--all",
                           *(f"--report={name}={path}" for name, path in paths.items())],
                          capture_output=True, text=True, check=False,
                          env={**os.environ, "COLUMNS": "0"})
    if done.returncode not in (0, 1):
        sys.exit(f"FAILED: '{words}': status {done.returncode}: {done.stderr}")
    read = {name: path.read_text() for name, path in paths.items()}
    head = done.stdout.splitlines()[0]
    page = re.sub(r"<[^>]*>", "", read["html"].split('aria-label="Verdict">')[1].split("</p>")[0])
    found = json.loads(read["json"])["results"]
    alive = [each for each in found if not each.get("suppressed")]
    results = json.loads(read["sarif"])["runs"][0]["results"]
    told = {"status": (done.returncode == 1, None),
            "text": (head.startswith("FAIL"), count(head)),
            "html": (page.strip().startswith("FAIL"), count(page)),
            "markdown": ("**Fails**" in read["markdown"], count(read["markdown"])),
            "json": (any(each["fails"] for each in alive),
                     [sum(each["level"] == level for each in alive) for level in LEVELS[:2]]),
            "sarif": (None, [sum(each["level"] == level for each in results)
                             for level in LEVELS[:2]]),
            "github": (None, [len(re.findall(f"^::{level} ", read["github"], re.M))
                              for level in LEVELS[:2]]),
            "junit": (of_junit(paths["junit"]) > 0, None)}
    accounts = [text for text in (read["markdown"], done.stdout, read["html"])]
    return told, accounts, found


def tally(found):
    """The account of a diff from its findings alone: each operation once a rule."""
    about = {}
    for number, each in enumerate(found):
        about.setdefault(each["id"], set()).add(each.get("about") or number)
    return {rule.split("-", 1)[1]: len(of) for rule, of in about.items()}


def main():
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for words in RUNS:
            told, accounts, found = verdicts(sys.argv[1], pathlib.Path(folder), words)
            for text in accounts:
                if "\\x3a" in text:
                    faults += 1
                    print(f"FAILED: {words}: a colon of ours is quoted: {text.splitlines()[1]}")
            for index, what in enumerate(["verdict", "count"]):
                said = {name: str(each[index]) for name, each in told.items()
                        if each[index] is not None}
                if len(set(said.values())) != 1:
                    faults += 1
                    print(f"FAILED: {words}: {what}: {said}")
            if not words.startswith("diff") or not found:
                continue
            for name, number in tally(found).items():
                for text in accounts:
                    if not re.search(rf"\b{number} {name}\b", text):
                        faults += 1
                        print(f"FAILED: {words}: not '{number} {name}' in {text[:200]!r}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
