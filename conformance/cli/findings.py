#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Read the findings out of a report, by means that hvcheck has no part in.

findings.py FORMAT FILE: a line each, "RULE|ABOUT|FINGERPRINT|suppressed or not", sorted. Fails
where the report is not what its format is to be.
"""
import json
import re
import sys
import xml.etree.ElementTree as xml

LEVELS = {"error", "warning", "note"}
FINGERPRINT = re.compile(r"[0-9a-f]{16}")


def of_json(text):
    document = json.loads(text)
    for one in document["results"]:
        assert one["level"] in LEVELS, one
        assert not (one["suppressed"] and one["fails"]), one
        yield one["id"], one["about"] or "", one["fingerprint"], bool(one["suppressed"])


def of_sarif(text):
    document = json.loads(text)
    assert document["version"] == "2.1.0" and document["$schema"], document.keys()
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules), "a rule twice"
    for one in run["results"]:
        rule = rules[one["ruleIndex"]]
        assert rule["id"] == one["ruleId"], one
        assert rule["defaultConfiguration"]["level"] == one["level"] in LEVELS, one
        assert one["message"]["text"], one
        (place,) = one["locations"]  # without one GitHub refuses the whole report
        uri = place["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%:-]+", uri), uri
        for entry in one["suppressions"]:
            assert entry["kind"] == "external" and entry["justification"], entry
        yield (rule["id"], one["properties"]["about"],
               one["partialFingerprints"]["hvcheck/v1"], bool(one["suppressions"]))


def of_junit(text):
    """As Jenkins' xUnit plugin (junit-10.xsd) and GitLab take it: a case has no properties, what is
    found is in its text, a fingerprint in each."""
    root = xml.fromstring(text.encode())
    assert root.tag == "testsuites", root.tag
    (suite,) = root
    names, failures, skipped = [], 0, 0
    for made in suite.findall("properties"):
        assert all(one.tag == "property" and set(one.keys()) == {"name", "value"} for one in made)
        suite.remove(made)
    for case in suite:
        assert case.tag == "testcase" and case.get("classname").startswith("hvcheck."), case.attrib
        names.append(case.get("name"))
        parts = [part.tag for part in case]
        assert set(parts) <= {"failure", "skipped", "system-out"}, parts
        assert len(set(parts)) == len(parts) and not {"failure", "skipped"} <= set(parts), parts
        failures += "failure" in parts
        skipped += "skipped" in parts
        for part in case:
            assert part.get("message") if part.tag != "system-out" else part.text, names[-1]
            found = list(one_of_junit(part.text or ""))
            assert found if part.tag == "failure" else part.tag == "system-out" or not found
            yield from found
    assert len(set(names)) == len(names) > 0, names
    for counts in (root, suite):
        assert int(counts.get("tests")) == len(names), counts.attrib
        assert int(counts.get("failures")) == failures, counts.attrib
        assert counts.get("errors") == "0", counts.attrib
    assert int(suite.get("skipped")) == skipped, suite.attrib
    assert "skipped" not in root.attrib, root.attrib


def one_of_junit(text):
    """Each finding of the text of a case: its head, lines about it, its fingerprint."""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        # What a finding is about is a name, or two; else its summary follows at once, in words.
        head = re.match(r"(error|warning|note)\[([a-z-]+)\] (?:(\S+(?: and \S+)?): )?", line)
        if head:
            rule, about = head[2], head[3] or ""
        named = re.fullmatch("  fingerprint (" + FINGERPRINT.pattern + ")", line)
        if named:
            suppressed = i + 1 < len(lines) and lines[i + 1].startswith("  suppressed: ")
            yield rule, about, named[1], suppressed


def of_github(text):
    for line in text.splitlines():
        form = r"::(error|warning|notice) ([^:]*)::(.*)%0A([0-9a-f]{16})"
        level, properties, message, fingerprint = re.fullmatch(form, line).groups()
        of = dict(one.split("=", 1) for one in properties.split(","))
        assert set(of) <= {"file", "line", "col", "title"}, of
        rule, about = re.fullmatch(r"([a-z-]+)(?: \((.*)\))?", of["title"]).groups()
        suppressed = message.startswith("suppressed, ")
        assert not suppressed or level == "notice", line
        yield rule, about or "", fingerprint, suppressed


def of_markdown(text):
    for line in text.splitlines():
        cells = re.split(r"(?<!\\)\|", line)
        if len(cells) != 8 or not FINGERPRINT.fullmatch(cells[6].strip()):
            continue
        level, suppressed = re.fullmatch(r"(\w+)( \(suppressed\))?", cells[1].strip()).groups()
        assert level in LEVELS, line
        about = cells[3].strip()
        yield (cells[2].strip().strip("`"), "" if about == "-" else about.strip("`"),
               cells[6].strip(), bool(suppressed))


def of_text(text):
    about = None
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if re.match(r"  \S", line):
            about = line.strip().split("  ")[0]
        name = re.fullmatch(r" {8}(\w+) ([a-z-]+) ([0-9a-f]{16})", line)
        if name:
            level, rule, fingerprint = name.groups()
            assert level in LEVELS, line
            suppressed = i + 1 < len(lines) and lines[i + 1].startswith("        suppressed until ")
            yield rule, "" if about == rule else about, fingerprint, suppressed


READERS = {"json": of_json, "sarif": of_sarif, "junit": of_junit, "github": of_github,
           "markdown": of_markdown, "text": of_text}


def told(style, path):
    with open(path, encoding="utf-8", newline="") as file:
        content = file.read()
    return "".join("|".join(found[:3]) + ("|suppressed" if found[3] else "") + "\n"
                   for found in sorted(READERS[style](content)))


if __name__ == "__main__":
    if sys.argv[1] == "--all":  # FORMAT...: of report.FORMAT to found.FORMAT
        for style in sys.argv[2:]:
            with open("found." + style, "w", encoding="utf-8") as out:
                out.write(told(style, "report." + style))
    else:
        sys.stdout.write(told(*sys.argv[1:3]))
