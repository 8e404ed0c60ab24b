# SPDX-License-Identifier: MIT
"""Names and strings that say more than a name, through every command and every format.

usage: hostile.py HVCHECK

Makes an image, an archive, specifications, worlds, suppressions, symbols and saved maps whose
names and strings hold control characters, turned text, markup, workflow commands and shell
code; runs everything on them; and looks at the bytes that come out.
"""
import html.parser
import io
import json
import os
import re
import struct
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as tree

HVCHECK = os.path.realpath(sys.argv[1])
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"
                    "\u2060-\u206f\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff]")
COMMAND = re.compile(r"^::(error|warning|notice) (file=[^:,]*(,line=\d+,col=\d+)?,)?title=[^:,]*::")
# What a name can hold; no / @ =, which are syntax of subjects and options, nor a zero.
SEEN = "\"'><img onerror>&lt;|`c`[l](x)![i](y)*b*_i_ #1 ~s~ $(touch p)`touch p`;touch p \\x41\\ \u00e9"
UNSEEN = ("\x1b[31m\x07\n::error::p\r##[error]q ##vso[task.setvariable v]w ##x[y \t\x7f"
          "\u0080\u009b31m\u0085\u202e\u2066\u2069\u200e\u200f\u061c\u2028\ufeff")
STARTS = ["::error::", " ::warning::", "\n::notice::", "##[error]", "##vso[a]", "-", "\x1b]0;t\x07",
          "\u00a0::error::", "\u202e", "#", "|", "<b>"]
BYTES = b"\xff\xc3(\xed\xa0\x80"
failures = 0
runs = 0


def fail(arguments, message):
    global failures
    failures += 1
    print(f"FAILED: {message}\n  of hvcheck {arguments!r}", flush=True)


def raw(text):
    return text if isinstance(text, bytes) else os.fsencode(text)


def look(arguments, what, data, workflow=False):
    """The bytes, whatever the format is."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return fail(arguments, f"{what} is not UTF-8: {error}")
    bad = HIDDEN.search(text)
    if bad:
        at = max(0, bad.start() - 40)
        fail(arguments, f"{what} has {bad.group()!r} in {text[at:bad.start() + 20]!r}")
    for command in re.findall(r"##[A-Za-z]*\[", text):
        fail(arguments, f"{what} has {command!r}")
    for line in text.split("\n"):
        if line.lstrip().startswith("::") and not (workflow and COMMAND.match(line)):
            fail(arguments, f"{what} has the line {line!r}")
    return text


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.add((tag, *sorted(name for name, _ in attrs)))


def look_at_xml(arguments, text):
    def shape(element):
        seen = {(element.tag.split("}")[-1], *sorted(element.attrib))}
        for child in element:
            seen |= shape(child)
        return seen
    return shape(tree.fromstring(text))


def look_at_json(arguments, text):
    json.loads(text)
    return set()


def look_at_markdown(arguments, text):
    """Rows have as many cells as their heading; there is no markup but hvcheck's own."""
    columns = 0
    for line in text.split("\n"):
        if line.startswith("      "):
            continue  # indented code
        if not line.startswith("|"):
            columns = 0
            prose = re.sub(r"(?<!\\)(`+)( ?).*?[^`]\2\1(?!`)", "", line)
            if re.search(r"(?<!\\)(<(?!/?(details|summary)>)|\]\(|(?<!&)#\d)", prose) or re.search(
                    r"(?:^|[^A-Za-z0-9])@[A-Za-z]", prose):
                fail(arguments, f"markup in {line!r}")
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        if columns and cells != columns:
            fail(arguments, f"{cells} bars, not {columns}, in {line!r}")
        columns = cells
    return set()


LOOK = {"json": look_at_json, "sarif": look_at_json, "junit": look_at_xml, "svg": look_at_xml,
        "html": lambda arguments, text: Page(text).seen, "markdown": look_at_markdown}
SHAPES = {}  # of a command and a format, with harmless names


def read(words, style, text, learn):
    """A report, by a reader of its format."""
    if not text or style not in LOOK:
        return
    try:
        seen = LOOK[style](words, text)
    except (tree.ParseError, ValueError) as error:
        fail(words, f"{style} cannot be read: {error}")
        return
    if learn:
        SHAPES.setdefault((words[0], style), set()).update(seen)
    elif SHAPES.get((words[0], style)) and seen - SHAPES[words[0], style]:
        fail(words, f"{style} has {sorted(seen - SHAPES[words[0], style])}")


def run(status, style, *arguments, learn=False, more=()):
    """Run it; what it writes is looked at. learn: its names are harmless. more: other formats."""
    global runs
    runs += 1
    words = [raw(word) for word in arguments]
    words[1:1] = ([b"--format", raw(style)] if style else []) + [
        raw(f"--report={other}=report.{other}") for other in more]
    ended = subprocess.run([HVCHECK, *words], stdin=subprocess.DEVNULL, capture_output=True,
                           check=False, timeout=300)
    if ended.returncode not in status:
        fail(words, f"status {ended.returncode}: {ended.stderr[:300]!r}")
    if ended.returncode == 2 and (ended.stdout or ended.stderr.count(b"\n") != 1):
        fail(words, f"more than one line: {ended.stderr[:300]!r}")
    look(words, "standard error", ended.stderr)
    text = look(words, style or "text", ended.stdout, workflow=style == "github")
    if ended.returncode != 2:
        read(words, style, text, learn)
    for other in more if ended.returncode in status and ended.returncode != 2 else ():
        with open(f"report.{other}", "rb") as file:
            read(words, other, look(words, other, file.read(), other == "github"), learn)
        os.remove(f"report.{other}")
    return text


# An ELF file: vectors with a call of a helper, one hvc in a function of its own.
CODE = {
    0x400: [0x7100041F, 0x54000061, 0xD51CC001, 0xD69F03E0, 0x71000C1F, 0x54000061, 0x94000FFA,
            0xD69F03E0, 0xD2800840, 0xD69F03E0],
    0x2400 + 0x2000: [0xD28000E0, 0xD65F03C0],
    0x2400 + 0x2100: [0xA9BF7BFD, 0xD2800020, 0xD4000002, 0xA8C17BFD, 0xD65F03C0],
}


def make_elf(path, vectors, helper, caller):
    size, base = 0x5000, 0x40000000
    code = bytearray(struct.pack("<I", 0x14000000) * (size // 4))
    for at, words in CODE.items():
        code[at:at + 4 * len(words)] = struct.pack(f"<{len(words)}I", *words)
    places = [(vectors, 0, 0x800), (helper, 0x4400, 8), (caller, 0x4500, 20)]
    names, symbols = b"\0", struct.pack("<IBBHQQ", 0, 0, 0, 0, 0, 0)
    for name, at, length in places:
        symbols += struct.pack("<IBBHQQ", len(names), 0x12, 0, 1, base + at, length)
        names += raw(name) + b"\0"
    sections = b"\0.text\0.symtab\0.strtab\0.shstrtab\0"
    parts, at = [], 0x1000
    for part in (bytes(code), symbols, names, sections):
        parts.append((at, part))
        at += len(part) + -len(part) % 16
    heads = [(0,) * 10, (1, 1, 6, base, parts[0][0], size, 0, 0, 0x1000, 0),
             (7, 2, 0, 0, parts[1][0], len(symbols), 3, 1, 8, 24),
             (15, 3, 0, 0, parts[2][0], len(names), 0, 0, 1, 0),
             (23, 3, 0, 0, parts[3][0], len(sections), 0, 0, 1, 0)]
    with open(path, "wb") as file:
        file.write(b"\x7fELF\2\1\1" + bytes(9) + struct.pack(
            "<HHIQQQIHHHHHH", 2, 183, 1, base, 64, at, 0, 64, 56, 1, 64, len(heads), 4))
        file.write(struct.pack("<IIQQQQQQ", 1, 5, 0x1000, base, base, size, size, 0x1000))
        for offset, part in parts:
            file.seek(offset)
            file.write(part)
        file.seek(at)
        for head in heads:
            file.write(struct.pack("<IIQQQQIIQQ", *head))


def yaml(text):
    """A double-quoted scalar; YAML has an escape for everything but what is no Unicode."""
    return '"' + "".join(c if " " <= c < "\x7f" and c not in '"\\' else f"\\U{ord(c):08x}"
                         for c in text) + '"'


def make_abi(path, name, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"""abi: {name}
title: {yaml(text)}
source: {yaml(text)}
callers: el1h
instructions: hvc
worlds:
  - name: host
    title: {yaml(text)}
rules:
  - name: set
    title: {yaml(text)}
    source: {yaml(text)}
    when: {{ x0: 1 }}
    outcome: return
    results: {{ vbar_el2: x1, x0: 5 }}
  - name: other
    title: {yaml(text)}
    source: {yaml(text)}
    when: {{ x0: 2 }}
    outcome: return
    results: {{ x0: 0x42 }}
  - name: unknown
    default: true
    outcome: return
    results: {{ x0: 0x42 }}
""")


FINDINGS = ["text", "json", "junit", "sarif", "github", "markdown"]


def commands(elf, vectors, helper, caller, abi, learn=False):
    """Every command that takes a subject, in every format."""
    def every(styles, status, *arguments):
        if arguments[0] in ("run", "scan"):
            for style in styles:
                run(status, style, *arguments, learn=learn)
        else:
            run(status, styles[0], *arguments, learn=learn, more=styles[1:])

    subject = raw(elf) + b"@" + raw(vectors)
    around = [b"--stub=" + raw(helper) + b"=1", "--set", "tpidr_el2=0"]
    every(["text", "json"], [0, 1], "run", "--trace", "--set", "x0=3", "--abi", abi, "--", subject)
    every(["text", "json"], [0], "run", "--set", "x0=3", *around, "--", subject)
    every(["text", "json"], [0], "run", "--set", "x0=3", b"--stop-at=" + raw(helper), "--", subject)
    every(["text", "json", "html", "svg"], [0], "map", "--brief", *around, "--", subject)
    every(["text"], [0], "map", "--brief", "--picture", "--contract", "--", subject)
    every(["text", "json", "html", "svg", "markdown"], [0], "map", "--brief", "--tree", *around,
          "--", subject)
    every(["text", "json"], [1], "run", "--set", "x0=3", b"--and=" + subject, "--",
          "linux-stub-4.12")
    every(["text", "json", "markdown"], [0, 1], "history", "--", abi, "linux-stub-4.12")
    every(FINDINGS, [0, 1], "diff", "--abi", b"--used-by=" + raw(elf), "--", abi, "linux-stub-4.12")
    every(FINDINGS + ["html"], [1], "check", "--brief", "--abi", abi, *around, "--", subject)
    every(FINDINGS + ["html"], [1], "diff", "--brief", *around[1:], "--", subject,
          "linux-stub-4.12")
    every(FINDINGS + ["html"], [1], "diff", "--brief", "--abi-new", abi, "--abi-old", abi,
          "linux-stub-4.12", "--", subject)
    every(FINDINGS, [0, 1], "leaks", "--abi", abi, "--imm", "0", *around, "--", subject)
    every(FINDINGS, [0, 1], "safety", "--brief", "--abi", abi, *around, "--", subject)
    every(FINDINGS, [1], "sequence", "--randoms", "20", "--abi", abi, *around, "--", subject)
    every(["text", "json"], [0], "scan", "--", elf)
    every(FINDINGS, [0, 1], "callers", "--abi", abi, b"--site=" + raw(caller), "--", elf)
    every(FINDINGS, [0, 1], "callers", b"--abi=" + subject, "--", elf)
    every(FINDINGS, [1], "diff", "--abi", "--", abi, "linux-stub-4.12")
    every(FINDINGS + ["html"], [1], "collide", "--", abi, "linux-stub-4.12")


def quick(elf, vectors, helper, abi):
    """Where a text begins a line or a cell."""
    subject = raw(elf) + b"@" + raw(vectors)
    run([0], None, "run", "--trace", "--set", "x0=3", "--", subject)
    run([0], None, "run", "--set", "x0=3", b"--stub=" + raw(helper) + b"=1", "--", subject)
    run([0], None, "scan", "--", elf)
    run([2], None, "run", "--", subject + b"z")
    run([0, 1], "text", "callers", b"--abi=" + raw(abi), "--", elf, more=FINDINGS[1:])


def reproduce(elf, vectors, abi):
    """What is to be pasted does what it says, and nothing else."""
    subject = raw(elf) + b"@" + raw(vectors)
    report = json.loads(run([1], "sarif", "check", "--brief", b"--abi=" + raw(abi), "--", subject))
    commands = {found["properties"]["command"] for found in report["runs"][0]["results"]}
    commands.discard("")
    if not commands:
        fail(["check"], "no command to reproduce anything")
    try:
        said = json.loads(run([0], "json", "run", "--", subject))["subject"]
        if said != subject.decode():
            fail(["run", subject], f"JSON says {said!r}")
    except UnicodeDecodeError:
        pass  # JSON has no word for it, and shows it
    os.makedirs("bin", exist_ok=True)
    if not os.path.exists("bin/hvcheck"):
        os.symlink(HVCHECK, "bin/hvcheck")
    for shell in "bash", "zsh":
        for command in commands:
            try:
                ended = subprocess.run(
                    [shell, "-c", command], stdin=subprocess.DEVNULL, capture_output=True,
                    env={**os.environ, "PATH": "bin:" + os.environ["PATH"]}, check=False)
            except FileNotFoundError:
                break
            if ended.returncode != 1:
                fail([shell, command], f"status {ended.returncode}: {ended.stderr!r}")


def suppress(text, learn=False):
    entry = f"rule: check-result, about: set, reason: {yaml(text)}, owner: {yaml(text)}"
    with open("s.yaml", "w", encoding="utf-8") as file:
        file.write(f"suppressions:\n  - {{{entry}, expires: 2027-01-31}}\n")
    run([0, 1], "text", "check", "--brief", "plain.elf@vectors", "--abi", "plain.yaml",
        "--suppress", "s.yaml", more=FINDINGS[1:] + ["html"], learn=learn)


def specifications():
    """Strings of YAML files, and files that are refused."""
    suppress(STARTS[0] + SEEN)
    suppress(SEEN + "\u009b\u202e")
    reads = [("collide", "xen", "./bad.yaml"), ("run", "xen", "--world", "./bad.yaml"),
             ("check", "xen", "--suppress", "bad.yaml")]
    for number, text in enumerate(STARTS + [VISIBLE, UNSEEN]):
        for key in f"abi: {yaml(text)}", f"{yaml(text)}: 1", f"abi: a\ntitle: t\n{text}":
            with open("bad.yaml", "w", encoding="utf-8") as file:
                file.write(key + "\n")
            run([2], None, *reads[number % 3])


def archives(name):
    """Members, of which one is to be chosen; one that is named; names from a System.map."""
    with tarfile.open("a.tar", "w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as archive:
        for number, start in enumerate(STARTS):
            data = open("plain.elf", "rb").read()
            member = tarfile.TarInfo(f"{start}{number}" + os.fsdecode(name))
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    run([2], None, "scan", "a.tar")
    run([0, 2], None, "scan", b"a.tar:" + raw(STARTS[0] + "0") + raw(name))
    run([0, 2], "json", "scan", b"a.tar:" + raw(STARTS[0] + "0") + raw(name))
    run([2], None, "scan", b"a.tar:no" + raw(name))
    with open("System.map", "wb") as file:
        for number, start in enumerate(STARTS):
            word = re.sub(rb"\s", b"_", raw(start + VISIBLE) + BYTES)
            file.write(b"%016x T %s\n" % (0x40000000 + 4 * number, word))
            file.write(b"%016x T %s\n" % (0x40004400 + 4 * number, word))
    for style in None, "json":
        run([0, 2], style, "run", "--trace", "--set", "x0=3", "plain.elf@0x40000000", "--symbols",
            "System.map")
        run([0, 2], style, "scan", "plain.elf", "--symbols", "System.map")


def maps(elf, vectors, helper):
    """A saved map and a derived specification hold every name; a damaged map is refused."""
    subject = raw(elf) + b"@" + raw(vectors)
    made = run([0], "map", "map", "--brief", b"--stub=" + raw(helper) + b"=1", "--", subject)
    with open("kept.map", "w", encoding="utf-8") as file:
        file.write(made)
    run([0], None, "diff", "kept.map", "kept.map")
    for at, start in enumerate(STARTS * 3):
        lines = made.split("\n")
        lines[at % len(lines)] += " " + start + UNSEEN
        lines.insert((7 * at) % len(lines), start + VISIBLE)
        with open("bad.map", "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
        run([0, 1, 2], None, "diff", "bad.map", "kept.map")
    run([0], None, "map", "--brief", "--suggest-abi", "-o", "derived.yaml", "--", subject)
    derived = open("derived.yaml", "rb").read()
    look(["map", "--suggest-abi"], "derived.yaml", derived)
    run([0, 1], None, "collide", "derived.yaml", "xen")


def words():
    """What is not understood is echoed."""
    texts = [raw(start + VISIBLE + UNSEEN) + BYTES for start in STARTS]
    for number, text in enumerate(texts):
        for before in [], ["help"], [["run", "--"], ["map", "--"], ["scan", "--"]][number % 3]:
            run([2], None, *before, text)
    for number, words in enumerate((
            "list", "check", "collide", "completion", "diff xen", "run --imm", "run --set",
            "run --set x0", "run --from", "run --insn", "run --cpu", "run --world", "run --stop-at",
            "run --stub", "run --budget", "run --symbols", "run --abi",
            "run --seed", "run --format", "run --output", "check --report html", "run --",
            "check --fail-on", "check --suppress", "callers --site", "map --jobs", "callers --also")):
        command, *option = words.split()
        for text in texts[number % 3::4]:
            if not option or not option[0].startswith("--"):
                run([2], None, command, *option, "--", text)
            else:
                text = b"no/" + text if option[-1] in ("--output", "html") else text
                value = b"=".join([raw(part) for part in option] + [text])
                run([2], None, command, value, *(["--abi", "xen"] if command == "callers" else []),
                    "xen" if command != "callers" else "plain.elf")


VISIBLE = SEEN
make_elf("plain.elf", "vectors", "helper", "caller")
make_abi("plain.yaml", "plain", "plain")
commands("plain.elf", "vectors", "helper", "caller", "plain.yaml", learn=True)
suppress("plain", learn=True)
name = raw(UNSEEN + SEEN) + BYTES
folder = raw(STARTS[3] + UNSEEN + SEEN)
os.makedirs(folder, exist_ok=True)
elf, abi = raw(STARTS[0] + UNSEEN + SEEN), folder + b"/hostile.yaml"
vectors, helper, caller = (raw(STARTS[i]) + name for i in (1, 2, 5))
helper = helper[:127]  # the longest name of a boundary
make_elf(elf, vectors, helper, caller)
make_abi(abi, "hostile", STARTS[4] + UNSEEN.translate(dict.fromkeys(range(32)) | {127: None}) + SEEN)
commands(elf, vectors, helper, caller, abi)
maps(elf, vectors, helper)
for number, start in enumerate(STARTS):
    names = [raw(STARTS[(number + i) % len(STARTS)]) + raw(f"{number}") for i in range(4)]
    make_elf(names[0], *names[1:])
    quick(names[0], *names[1:3], "plain.yaml")
    reproduce(names[0], names[1], "plain.yaml")
reproduce(elf, vectors, abi)
specifications()
archives(name)
words()
for left in "p", "touch":
    if os.path.exists(left):
        fail(["*"], f"a name ran a command: {left}")
print(f"{runs} runs, {failures} failed")
sys.exit(failures > 0)
