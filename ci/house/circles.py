#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Find circles: files of emu/ that use one another's functions or tables, by whatever way around.

A unit is a .c file with its header. It uses another where its .c names what the other's .c defines. The table says
which units may be a circle, with the reason; it may only shrink. One line a fault, as compilers write them; status 1
when there was one. Arguments: the table, then the files to look at, by their paths from the root of the tree.
"""
import fnmatch
import re
import sys

DEFINED = re.compile(r"^(?!static|extern|typedef|#)[a-z][^;{}()=]*?\b(hvc_\w+)(?:\([^;{}]*\)\s*\n\{|(?:\[[^\]]*\])? =)", re.M)
WORD = re.compile(r"\bhvc_\w+")


def read_uses(paths):
    """unit -> the units that it uses."""
    text, home = {}, {}
    for path in paths:
        if path.startswith("emu/") and path.endswith(".c"):
            with open(path, encoding="utf-8") as file:
                text[path[:-2]] = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    for unit, code in text.items():
        for match in DEFINED.finditer(code):
            home[match[1]] = unit
    return {
        unit: {home[word] for word in WORD.findall(code) if home.get(word, unit) != unit} for unit, code in text.items()
    }


def reach(uses, start):
    seen, todo = set(), [start]
    while todo:
        for unit in uses[todo.pop()] - seen:
            seen.add(unit)
            todo.append(unit)
    return seen


def find_circles(uses):
    """Sets of units each of which uses every other in the end."""
    reached = {unit: reach(uses, unit) for unit in uses}
    return {
        frozenset(other for other in reached[unit] if unit in reached[other])
        for unit in uses
        if unit in reached[unit]
    }


def way_around(uses, circle):
    """The shortest circle from the first unit of one."""
    start = min(circle)
    ways = [[start]]
    while ways:
        way = ways.pop(0)
        for unit in sorted(uses[way[-1]] & circle):
            if unit == start:
                return [*way, start]
            if unit not in way and not any(unit in other for other in ways):
                ways.append([*way, unit])
    return []


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = [line.split("#")[0].split() for line in file]
    uses = read_uses(sys.argv[2:])
    allowed = [
        frozenset(unit for unit in uses if any(fnmatch.fnmatch(unit[4:], name) for name in row)) for row in rows if row
    ]
    circles = find_circles(uses)
    faults = 0
    for circle in sorted(circles, key=sorted):
        if not any(circle <= row for row in allowed):
            way = " -> ".join(unit[4:] for unit in way_around(uses, circle))
            print(f"{min(circle)}.c:1: a circle of {len(circle)} files: {way}")
            faults += 1
    for names, row in zip([row for row in rows if row], allowed):
        inside = {unit for circle in circles if circle <= row for unit in circle}
        gone = row - inside if not any("*" in name for name in names) else row if row and not inside else ()
        if gone and len(row) > 1:
            print(f"{sys.argv[1]}:1: in no circle any more: {' '.join(sorted(unit[4:] for unit in gone))}")
            faults += 1
    return faults > 0


sys.exit(main())
