#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Are the pages of all commands fit for use? Asked of Chromium.

    pages.py HVCHECK FOLDER [NAME...]     pages and screenshots are left in FOLDER

Exit status: 0 they are, 1 they are not, 77 there is no browser to ask.
"""

import base64
import json
import pathlib
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the source tree stays as it is
from driver import Browser, Missing  # noqa: E402

HERE = pathlib.Path(__file__).parent
TAB, LEFT, UP, RIGHT, DOWN, END = "\ue004", "\ue012", "\ue013", "\ue014", "\ue015", "\ue010"
LOOKS = [(1280, 1600, False), (1280, 1600, True), (360, 780, False), (360, 780, True)]
PAGES = {
    "map": (0, "map gunyah --brief --contract"),
    "register": (0, "map linux-stub-4.12 --brief --abi linux-stub-4.12"),
    "tree": (0, "map xen --brief"),
    "invented": (0, "map linux-stub-4.12 --brief --stop-at 0x40000900 --map-on-demand"),
    "check": (1, "check broken-single-imm --abi linux-stub-imm --brief --contract"),
    "diff": (1, "diff linux-stub-imm linux-stub-4.7 --brief --contract"),
    "collide": (1, "collide xen gunyah smccc-1.1"),
    "abi": (1, "diff --abi linux-stub-4.9 linux-stub-4.12"),
    "safety": (1, "safety broken-vbar-unknown --abi linux-stub-4.12 --brief"),
    "leaks": (1, "leaks broken-leak-el2 --abi linux-stub-4.12 --imm 0"),
    "sequence": (1, "sequence broken-seq-set-once --abi linux-stub-4.12"),
    "scan": (0, "scan linux-kvm-6.1"),
    "history": (0, "history linux-stub"),
    "callers": (1, "callers {sites} --abi linux-stub-4.12"),
}
TREES = ["map", "register", "tree"]


class Judge:
    """Counts faults, and says each."""

    def __init__(self):
        self.faults = 0

    def that(self, good, text):
        if not good:
            self.faults += 1
            print("FAILED:", text)


def write(hvcheck, folder, name, status, words):
    path = folder / f"{name}.html"
    done = subprocess.run([hvcheck, *words.split(), "--format", "html", "-o", path], check=False)
    if done.returncode != status:
        sys.exit(f"FAILED: '{words}' ended with status {done.returncode}")
    return path


def low_byte_selects(folder):
    """Vectors of 256 classes: a jump through a table by the low byte of the immediate."""
    path = folder / "many.bin"
    slots = [0x14000000 | (0x800 - 128 * slot) // 4 for slot in range(16)]
    code = [0xD53C5212, 0x92401E52, 0x10000071, 0x8B120E31, 0xD61F0220]
    table = [word for i in range(256) for word in (0xD2800000 | i << 5, 0xD69F03E0)]
    path.write_bytes(b"".join(struct.pack("<I", slot).ljust(128, b"\0") for slot in slots) +
                     struct.pack(f"<{len(code + table)}I", *code, *table))
    return path


def call_sites(folder):
    """A file with a call that no stub knows, and one whose selector is a pointer left over."""
    path = folder / "sites.bin"
    code = [0xD503245F, 0xD28000E0, 0xD4000002, 0xD65F03C0, 0xD503245F, 0xF9400020, 0xD4000002,
            0xD65F03C0]
    path.write_bytes(struct.pack(f"<{len(code)}I", *code))
    return path


def open_page(browser, path):
    browser.log("performance")
    browser.log("browser")
    browser.ask("POST", "/url", {"url": path.as_uri()})


def is_alone(browser, judge, path, what):
    """No request but for the page itself, nothing said on the console."""
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            judge.that(url == path.as_uri() or url.startswith("data:"), f"{what}: asks for {url}")
    for entry in browser.log("browser"):
        judge.that(False, f"{what}: console: {entry['message']}")


def screenshot(browser, folder, name):
    (folder / f"{name}.png").write_bytes(
        base64.b64decode(browser.ask("GET", "/screenshot")))


def looks_good(browser, judge, folder, name, path):
    audit = (HERE / "audit.js").read_text()
    for width, height, dark in LOOKS:
        what = f"{name}-{width}-{'dark' if dark else 'light'}"
        browser.look(width, height, dark, width < 500)
        open_page(browser, path)
        is_alone(browser, judge, path, what)
        screenshot(browser, folder, what)
        # What is folded away counts as well.
        browser.run("document.querySelectorAll('details').forEach(is => { is.open = true; });")
        for fault in browser.run(audit):
            judge.that(False, f"{what}: {fault}")
    browser.look(1280, 1600, False, False)


REACHED = """
const is = document.activeElement, style = getComputedStyle(is);
return is === document.body ? null : {
  outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  index: Array.from(document.querySelectorAll('*')).indexOf(is), name: is.outerHTML.slice(0, 60)};
"""
REACHABLE = """
return Array.from(document.querySelectorAll(
  'a[href], button, input, summary, [tabindex="0"]')).filter(is => is.checkVisibility()).length;
"""


def is_reached_by_tab(browser, judge, name, path):
    open_page(browser, path)
    wanted, reached = browser.run(REACHABLE), set()
    for _ in range(wanted):
        browser.keys(TAB)
        at = browser.run(REACHED)
        if at is None:
            break
        judge.that(at["outline"], f"{name}: no focus to be seen on {at['name']}")
        reached.add(at["index"])
    judge.that(len(reached) == wanted, f"{name}: Tab reaches {len(reached)} of {wanted}")


def class_of(document, immediate):
    """Number of the only class of an immediate; None where there are more."""
    classes = [number + 1 for number, each in enumerate(document["classes"])
               if any(low <= immediate <= high for low, high in each["immediates"])]
    return classes[0] if len(classes) == 1 else None


def said(browser):
    time.sleep(0.3)
    return browser.run("return document.getElementById('live').textContent;")


def answers_keys(browser, judge, hvcheck, path):
    document = json.loads(subprocess.run(
        [hvcheck, *PAGES["map"][1].split(), "--format", "json"], check=True,
        capture_output=True).stdout)
    open_page(browser, path)
    browser.run("document.querySelector('.map').focus();")
    steps = [((), 0), ((RIGHT,), 1), ((DOWN,) * 0x60, 0x6001), ((LEFT,), 0x6000),
             ((RIGHT,) * 8, 0x6008), (("n",), 0x6009), (("p",), 0x6008), ((UP,), 0x5F08),
             ((DOWN, END), 0x60FF), ((DOWN,) * 200, 0xFFFF)]
    for keys, immediate in steps:
        if keys:
            browser.keys(*keys)
        text, number = said(browser), class_of(document, immediate)
        wanted = f"hvc #0x{immediate:04x} ("
        judge.that(text.startswith(wanted), f"keys: '{text}' is not about {wanted}")
        if number:
            judge.that(f"class {number}, " in text, f"keys: '{text}' is not class {number}")
    browser.run("const is = document.querySelector('.tools:not(#way .tools) input'); is.value = '0x6016';"
                "is.dispatchEvent(new Event('change'));")
    judge.that(said(browser).startswith("hvc #0x6016 ("), "keys: the number is not taken")
    # Seen as well as said.
    judge.that("0x6016" in browser.run("return document.getElementById('readout').textContent;"),
               "keys: the readout does not follow")


LEAVES = "return document.querySelectorAll('li[data-values]').length;"
SHOWN = """
const leaf = document.querySelectorAll('li[data-values]')[%d], tree = leaf.closest('.tree');
leaf.querySelector(':scope>button').click();
const lit = Array.from(tree.querySelectorAll('li.lit')), last = lit[lit.length - 1];
return last === leaf && lit.every(is => is === tree.querySelector(':scope>ul>li')
                                        || is.parentElement.closest('li').classList.contains('lit'));
"""


def lights_its_way(browser, judge, name, path):
    """Each leaf's own call leads to that leaf, and nowhere else; typing does as well."""
    open_page(browser, path)
    leaves = browser.run(LEAVES)
    judge.that(leaves > 2, f"{name}: {leaves} leaves")
    for leaf in range(leaves):
        judge.that(browser.run(SHOWN % leaf), f"{name}: the call of leaf {leaf} goes elsewhere")
    if name != "register":
        return
    browser.run("document.querySelector('input[data-name=x0]').focus();")
    browser.run("document.activeElement.select();")
    browser.keys("0", "x", "2")
    text = browser.run("return document.getElementById('answer').textContent;")
    judge.that(text.startswith("hvc from el1t, el1h: class 3: return, x0 := 0;"), f"{name}: typed 0x2, answered '{text}'")
    judge.that("Rule reset_vectors" in browser.run("return document.body.textContent;"),
               f"{name}: no rule is named")


CONTENT = "return Array.from(document.querySelectorAll('main h2, main h3, td, th, pre'))" \
          ".map(is => is.textContent).join('\\n');"


def needs_no_script(browser, judge, folder, name, path):
    open_page(browser, path)
    scripted = browser.run(CONTENT)
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    open_page(browser, path)
    plain = browser.run(CONTENT)
    judge.that(plain == scripted and len(plain) > 200, f"{name}: less without script")
    judge.that(browser.run("return document.querySelectorAll('input, button').length") == 0,
               f"{name}: without script there are controls that do nothing")
    screenshot(browser, folder, f"{name}-plain")
    browser.devtools("Emulation.setScriptExecutionDisabled", value=False)


PRINTED = """
const seen = is => getComputedStyle(is).display !== 'none';
const faults = [];
for (const is of document.querySelectorAll('button, input, nav, .tools'))
  if (seen(is)) faults.push('prints ' + is.outerHTML.slice(0, 60));
for (const is of document.querySelectorAll('.verdict .item, .verdict .deep')) {
  const style = getComputedStyle(is);
  if (style.breakInside !== 'avoid' || (is.matches('.deep') && style.breakBefore !== 'avoid'))
    faults.push('breaks in ' + is.textContent.slice(0, 60));
}
return faults;
"""


def prints_well(browser, judge, folder, name, path):
    """Nothing to press, and a finding on one page."""
    browser.devtools("Emulation.setEmulatedMedia", media="print")
    open_page(browser, path)
    for fault in browser.run(PRINTED):
        judge.that(False, f"{name}: {fault}")
    screenshot(browser, folder, f"{name}-print")
    browser.devtools("Emulation.setEmulatedMedia", media="")


def parts_side_by_side(browser, judge, path):
    """Under each difference of a diff's page, what each side executes."""
    open_page(browser, path)
    pairs = browser.run("return Array.from(document.querySelectorAll('details')).filter(is => "
                        "is.textContent.includes('PARTS') && is.querySelector('table')).length;")
    judge.that(pairs > 3, f"diff: {pairs} pairs of traces")


def bears_many(browser, judge, folder, path):
    open_page(browser, path)
    took = browser.run("return performance.timing.loadEventEnd - performance.timing.navigationStart")
    size = path.stat().st_size
    print(f"256 classes: {size} bytes, loaded in {took} ms")
    judge.that(took < 15000, f"many: {took} ms to load")
    judge.that(size < 8 << 20, f"many: {size} bytes")
    browser.run("document.querySelector('.map').focus();")
    begin = time.monotonic()
    browser.keys(DOWN, DOWN, RIGHT)
    text, took = said(browser), time.monotonic() - begin
    judge.that("hvc #0x0201 " in text and "x0 := 1" in text, f"many: '{text}'")
    judge.that(took < 5, f"many: {took} s for three keys")
    is_alone(browser, judge, path, "many")
    screenshot(browser, folder, "many")


ABOVE = """
const items = Array.from(document.querySelectorAll('.verdict .item>span:first-child'));
return items.filter(is => is.getBoundingClientRect().bottom <= 600).map(is => is.textContent);
"""
VARIANTS = HERE.parent.parent / "vectors" / "broken" / "README.md"


def is_seen_in_text(judge, folder, hvcheck):
    """Of each broken variant what is broken, in 15 lines of text; and its page, for later."""
    rules, pages = {}, []
    for line in VARIANTS.read_text().splitlines():
        cell = [text.strip() for text in line.split("|")]
        if len(cell) > 6 and cell[1].startswith("broken-"):
            rules.setdefault((cell[1], cell[2]), set()).add(cell[3])
    judge.that(len(rules) > 30, f"broken: {len(rules)} variants")
    for (variant, abi), wanted in rules.items():
        pages.append((variant, wanted, folder / f"{variant}.html"))
        done = subprocess.run(
            [hvcheck, "check", variant, "--abi", abi, "--brief", f"--report=html={pages[-1][2]}"],
            capture_output=True, text=True, check=False, env={"COLUMNS": "80"})
        judge.that(done.returncode == 1, f"{variant}: status {done.returncode}")
        head = "\n".join(done.stdout.splitlines()[:15])
        judge.that(any(f"  {rule}  " in head for rule in wanted), f"{variant}: not in 15 lines")
    return pages


def is_seen_in_page(browser, judge, variant, wanted, path):
    """In the first 600 pixels."""
    open_page(browser, path)
    above = browser.run(ABOVE)
    judge.that(any(rule in above for rule in wanted), f"{variant}: {above} in 600 pixels")


def main():
    hvcheck, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    judge = Judge()
    wanted = sys.argv[3:] or [*PAGES, "many", "broken"]
    broken = is_seen_in_text(judge, folder, hvcheck) if "broken" in wanted else []
    try:
        browser = Browser()
    except Missing as reason:
        print(f"SKIPPED: {reason}")
        return 1 if judge.faults else 77
    with browser:
        for name in wanted:
            if name == "broken":
                for each in broken:
                    is_seen_in_page(browser, judge, *each)
                continue
            if name == "many":
                words = f"map {low_byte_selects(folder)}@+0 --brief"
                bears_many(browser, judge, folder, write(hvcheck, folder, name, 0, words))
                continue
            status, words = PAGES[name]
            path = write(hvcheck, folder, name, status, words.format(sites=call_sites(folder)))
            looks_good(browser, judge, folder, name, path)
            is_reached_by_tab(browser, judge, name, path)
            if name != "collide":
                needs_no_script(browser, judge, folder, name, path)
            prints_well(browser, judge, folder, name, path)
            if name == "diff":
                parts_side_by_side(browser, judge, path)
            if name in TREES:
                lights_its_way(browser, judge, name, path)
            if name == "map":
                answers_keys(browser, judge, hvcheck, path)
    return 1 if judge.faults else 0


if __name__ == "__main__":
    sys.exit(main())
