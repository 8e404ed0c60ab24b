# SPDX-License-Identifier: MIT
"""Many mutants in one build: each a copy of its function, which the function calls where it is on.

A table is copied as a whole, and the copy put in its place before main. So nothing is compiled for
a single mutant: the environment says which of them are on (switch.c).
"""
import re

import sites

NAME = re.compile(r'(\w+)\s*(\[[^\]]*\]\s*)*$')


class Unit:
    """A function or a table: lines BEGIN up to BODY are its head, END is its last line."""

    def __init__(self, lines, begin, body, end, table):
        self.begin, self.body, self.end, self.table = begin, body, end, table
        head = ' '.join(line.strip() for line in lines[begin:body])
        if table:
            self.name = NAME.search(lines[body - 1].split(' = ')[0]).group(1)
            self.static = lines[begin].startswith('static ')
            return
        head = re.sub(r'__attribute__\(\(.*?\)\)\s*', '', head)
        match = re.match(r'(.*?)(\w+)\((.*)\)$', head)
        self.result, self.name, self.parameters = match.groups()
        self.static = self.result.startswith('static ')
        self.result = re.sub(r'\b(static|inline|_Noreturn) ', '', self.result).strip()

    def arguments(self):
        depth, part, parts = 0, '', []
        for letter in self.parameters + ',':
            depth += (letter in '([') - (letter in ')]')
            if letter == ',' and not depth:
                parts.append(part.strip())
                part = ''
            else:
                part += letter
        if parts == ['void']:
            return ''
        pointer = re.compile(r'\(\*(\w+)\)')
        return ', '.join((pointer.search(p) or NAME.search(p)).group(1) for p in parts)


def units_of(text):
    lines, code = text.split('\n'), sites.blank(text).split('\n')
    found, at = [], 0
    while at < len(code):
        line = code[at]
        if line == '{':
            begin = at
            while begin and code[begin - 1].strip() and not code[begin - 1].startswith(('#', '}')) \
                    and not code[begin - 1].rstrip().endswith(';'):
                begin -= 1
            end = next(i for i in range(at, len(code)) if code[i] == '}')
            if '...' not in ' '.join(code[begin:at]) and 'constructor' not in code[begin]:
                found.append(Unit(code, begin, at, end, False))
            at = end
        elif re.match(r'(static )?const .*\{$', line):
            body = at
            if not line.endswith(' = {'):  # a type without a name in front
                body = next(i for i in range(at, len(code)) if code[i].startswith('}'))
            end = next(i for i in range(body + 1, len(code)) if code[i].startswith('}'))
            if code[body].endswith(' = {'):
                found.append(Unit(code, at, body + 1, end, True))
            at = end
        at += 1
    return lines, code, found


def marked(code, unit, number, column):
    """The line in front of which a statement can be put that is executed before the place."""
    depth, line = 0, code[number][:column]
    for at in range(number, unit.body, -1):
        for letter in reversed(line):  # upwards: out of blocks, and past others
            depth = depth + 1 if letter == '}' else max(depth - 1, 0) if letter == '{' else depth
        here, before = code[at].strip(), code[at - 1].rstrip()
        line = code[at - 1]
        if not depth and here and not re.match(r'(case\b|default:|else\b|\}|\w+:$)', here) and (
                before.endswith((';', '}')) or before == '{' or
                before.endswith('{') and not before.endswith('= {') or
                re.match(r'\s*(case .*|default|\w+):$', before)):
            return at
    return unit.body + 1


def instrument(text, mutants, loose=()):
    """(text with the mutants {number: site} in it, [(first line, last line, mutant)], those that are
    in no function or table, those of tables that other files see).

    LOOSE are those whose mark goes to the head of their function."""
    lines, code, units = units_of(text)
    before, marks, heads, tail, out = {}, {}, {}, [], []
    left, ranges, wide = set(mutants), [], set()
    for k, (number, _, begin, end, new) in sorted(mutants.items()):
        unit = next((u for u in units if u.body <= number <= u.end), None)
        if not unit:
            continue
        left.discard(k)
        copy = lines[unit.begin:unit.end + 1]
        at = number - unit.begin
        copy[at] = copy[at][:begin] + new + copy[at][end:]
        name = '%s__m%d' % (unit.name, k)
        if unit.table:
            last = unit.body - 1 - unit.begin
            copy[0] = re.sub(r'\bstruct \w+ \{', 'struct {', copy[0])
            copy[last] = re.sub(r'\b%s\b' % unit.name, name, copy[last], count=1)
            if not unit.static:
                copy[0] = 'static ' + copy[0]
                wide.add(k)
            tail.append((k, copy + ['__attribute__((constructor)) static void %s_on(void)' % name, '{',
                                    '\thvc_mutant_patch(%d, &%s, &%s, sizeof(%s));' %
                                    (k, unit.name, name, unit.name), '}']))
            for other in units:
                if not other.table:
                    marks.setdefault(other.body + 1, []).append('HVC_MUTANT_REACHED(%d);' % k)
            continue
        own = ' '.join(copy[:unit.body - unit.begin])
        head = re.sub(r'\b%s\(' % unit.name, name + '(', own, count=1)
        if not unit.static:
            head = 'static ' + head
        before.setdefault(unit.begin, []).append((k, [own + ';', head] + copy[unit.body - unit.begin:]))
        call = '%s(%s);' % (name, unit.arguments())
        if unit.result == 'void':
            call = '{ %s return; }' % call
        else:
            call = 'return ' + call
        heads.setdefault(unit.body + 1, []).append('if (hvc_mutant_on[%d]) %s' % (k, call))
        place = unit.body + 1 if k in loose else marked(code, unit, number, begin)
        marks.setdefault(place, []).append('HVC_MUTANT_REACHED(%d);' % k)

    def put(k, more):
        ranges.append((len(out) + 1, len(out) + len(more), k))
        out.extend(more)
    out.append('#include "machine/mutant_switch.h"')
    if any(u.table and u.body <= mutants[k][0] <= u.end for u in units for k in mutants):
        out.append('#pragma GCC optimize("O0")')
    for at, line in enumerate(lines):
        for k, more in before.get(at, ()):
            put(k, more)
        out.extend('\t' + mark for mark in heads.get(at, ()))
        out.extend('\t' + mark for mark in marks.get(at, ()))
        out.append(line)
    for k, more in tail:
        put(k, more)
    return '\n'.join(out) + '\n', ranges, left, wide
