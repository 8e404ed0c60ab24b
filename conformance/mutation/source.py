#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The second half of the mutation score: faults in hvcheck's own code.

    source.py WORK [--count N] [--seed N] [--least PERCENT] [--file emu/...]
              [--suites N] [--seconds N] [--costs CTestCostData.txt]

Sites are chosen by the seed over all of emu/, one mutation each: an operator, a constant, a
condition, what is returned, a statement that is dropped. WORK holds a copy of the tree and its
build. One file is made wrong, what depends on it is built, and the tests of the default suite are
run, those first whose names are nearest to the file's and the quick before the slow, until one
fails. What no test finds is a survivor, and told with the reason that `survivors` gives.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))

OPERATORS = {'==': '!=', '!=': '==', '<=': '<', '>=': '>', '<': '<=', '>': '>=', '&&': '||',
             '||': '&&', '+': '-', '-': '+', '&': '|', '|': '&', '<<': '>>', '>>': '<<',
             '+=': '-=', '-=': '+=', '|=': '&=', '&=': '|=', '^': '&'}
# With a space on each side: so that no pointer, sign or template of a type is taken for one.
OPERATOR = re.compile(r'(?<= )(%s)(?= )' % '|'.join(re.escape(o) for o in sorted(OPERATORS, key=len, reverse=True)))
CONSTANT = re.compile(r'(?<![\w.])(0x[0-9a-fA-F]+|\d+)(?=u?\b)(?!\.)|\b(true|false)\b')
CONDITION = re.compile(r'\b(if|while) \((.*)\)( \{)?$')
# Of what is 0 there is no other: HVC_OK and the like are.
RETURN = re.compile(r'\breturn (?!0;|NULL;|false;|\w+_OK;)(.+);$')
STATEMENT = re.compile(r'^\t+(?!return\b|break\b|continue\b|goto\b|else\b|case\b|default\b|free\(|va_)'
                       r'[*(]*[A-Za-z_][\w.>()*\[\]-]*(\(.*\)| [-+|&^*]?= .*|(\+\+|--));$')
# What else a test says of a file than its name.
NEAR = {
    'machine': 'architecture exception entry outcome calls machine world reset simd trap vhe eret own zero sample'.split(),
    'subject': 'subject elf object open vectors_find site flow constant kallsyms archive rela'.split(),
    'symbolic': 'bv bv_text facts symbolic lift prove exact lift_names'.split(),
    'abi': 'abi abi_errors expr verdict overlap cover property known abi_shipped'.split(),
    'engine': 'prove map diff leak safety sequence collide contract region saved finding callers quote'.split(),
    'report': 'report finding picture quote cli-json cli-formats'.split(),
    'cli': 'cli-refusals cli-statuses cli-output cli-reproduce cli-worlds cli-jail cli-policy'.split(),
}
NOT_DEFAULT = 'long|real|qemu|browser|mutation|fuzz|faults|install|bench'


def blank(text):
    """The same with comments, strings and characters as spaces, so that columns stay."""
    def spaces(match):
        return re.sub(r'[^\n]', ' ', match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', spaces, text,
                  flags=re.S)


def more(word):
    """The next number, as C has numbers."""
    base = 16 if word.startswith(('0x', '0X')) else 8 if word.startswith('0') else 10
    return str(int(word, base) + 1)


def sites_of(tree, path):
    """(line, kind, begin, end, what takes its place) of each mutation in a file."""
    with open(os.path.join(tree, path)) as file:
        text = file.read()
    lines = text.split('\n')
    for number, code in enumerate(blank(text).split('\n')):
        # Only inside of functions and tables: rows of a table are code, too.
        if not code.startswith(('\t', ' ')) or code.lstrip().startswith('#'):
            continue
        line = lines[number]
        for match in OPERATOR.finditer(code):
            yield number, 'operator', match.start(), match.end(), OPERATORS[match.group()]
        for match in CONSTANT.finditer(code):
            word = match.group()
            other = {'true': 'false', 'false': 'true', '1': '0'}.get(word)
            yield number, 'constant', match.start(), match.end(), other or more(word)
        match = CONDITION.search(code)
        if match and match.group(2).count('(') == match.group(2).count(')'):
            begin, end = match.span(2)
            yield number, 'condition', begin, end, '!(%s)' % line[begin:end]
        match = RETURN.search(code)
        if match:
            yield number, 'return', match.start(1), match.end(1), '0'
        if STATEMENT.match(code) and code.count('(') == code.count(')'):
            begin = len(code) - len(code.lstrip())
            yield number, 'statement', begin, len(code), ';'


class Bed:
    """A copy of the tree, its build, and the tests there are."""

    def __init__(self, work, costs, most):
        self.tree = os.path.join(work, 'tree')
        self.build = os.path.join(work, 'build')
        os.makedirs(self.tree, exist_ok=True)
        self.log = open(os.path.join(work, 'log'), 'w')
        self.known = {}  # test: seconds, or None where it fails by itself
        names = subprocess.run(['git', '-C', SOURCE, 'ls-files'], check=True, text=True,
                               capture_output=True).stdout.split('\n')
        for folder, _, files in os.walk(self.tree):
            for name in files:
                path = os.path.join(folder, name)
                if os.path.relpath(path, self.tree) not in names:
                    os.remove(path)
        for name in filter(None, names):
            new, old = os.path.join(self.tree, name), os.path.join(SOURCE, name)
            if not os.path.exists(new) or open(new, 'rb').read() != open(old, 'rb').read():
                os.makedirs(os.path.dirname(new), exist_ok=True)
                shutil.copy2(old, new)
                os.utime(new)
        self.call(['cmake', '-S', self.tree, '-B', self.build, '-G', 'Ninja',
                   '-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DHVC_WERROR=OFF'], 600)
        if self.call(['ninja', '-C', self.build], 7200):
            sys.exit('source.py: the tree does not build: see %s/log' % work)
        listing = subprocess.run(['ctest', '--test-dir', self.build, '-N', '-LE', NOT_DEFAULT],
                                 check=True, text=True, capture_output=True).stdout
        self.tests = re.findall(r'Test +#\d+: (\S+)', listing)
        if costs:
            with open(costs) as file:
                for name, _, seconds in re.findall(r'^(\S+) (\d+) ([\d.]+)$', file.read(), re.M):
                    if float(seconds) > 0:
                        self.known[name] = float(seconds)
            self.tests = [t for t in self.tests if t in self.known]
        self.tests = [t for t in self.tests if self.known.get(t, 0) <= most]
        targets = subprocess.run(['ninja', '-C', self.build, '-t', 'targets', 'all'], check=True,
                                 text=True, capture_output=True).stdout
        self.targets = set(re.findall(r'^(\S+): phony', targets, re.M))

    def call(self, command, seconds):
        """Its status; a process that does not end in time is ended, and that is one, too."""
        self.log.flush()
        with subprocess.Popen(command, stdout=self.log, stderr=self.log,
                              start_new_session=True) as process:
            try:
                return process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                return 'timeout'

    def needs(self, test):
        if 'test_' + test in self.targets:
            return ['test_' + test]
        if test.startswith(('cli-', 'golden-')):
            return ['hvcheck', 'hvcheck_trial', 'subjects']
        return ['all']

    def run(self, test):
        """Does it fail? Before it is believed of a mutant it has to hold of the tree itself."""
        seconds = self.known.get(test, 60)
        return self.call(['ctest', '--test-dir', self.build, '-R', '^%s$' % re.escape(test),
                          '--timeout', str(int(10 * seconds + 60))], 10 * seconds + 120)

    def holds(self, test):
        if test not in self.known:
            self.call(['ninja', '-C', self.build] + self.needs(test), 1800)
            begin = time.time()
            good = self.run(test) == 0
            self.known[test] = time.time() - begin if good else None
        return self.known[test] is not None

    def ordered(self, path):
        folder, stem = path.split('/')[1], os.path.basename(path)[:-2]
        words = set(re.split('[_.-]', stem))

        def rank(test):
            near = len(words & set(re.split('[_.-]', test))) + (test == stem)
            return (-near, test not in NEAR.get(folder, ()), self.known.get(test, 5) or 0)
        return sorted(self.tests, key=rank)


def reasons():
    """Reasons of survivors, by file, text of the line and what stands there instead."""
    known = {}
    path = os.path.join(HERE, 'survivors')
    if os.path.exists(path):
        for line in open(path):
            if line.startswith('emu/'):
                where, old, new, why = line.rstrip('\n').split(' | ')
                known[where, old, new] = why
    return known


def try_site(bed, path, site, most):
    """('found', test), ('survived', number of tests) or ('no mutant', '')."""
    number, _, begin, end, new = site
    where = os.path.join(bed.tree, path)
    with open(where) as file:
        old = file.read()
    lines = old.split('\n')
    lines[number] = lines[number][:begin] + new + lines[number][end:]
    tests = bed.ordered(path)[:most]
    try:
        for test in tests:  # on the tree as it is
            bed.holds(test)
        with open(where, 'w') as file:
            file.write('\n'.join(lines))
        if bed.call(['ninja', '-C', bed.build, 'hvcheck'], 900):
            return 'no mutant', ''
        for test in tests:
            if not bed.holds(test):
                continue
            if bed.call(['ninja', '-C', bed.build] + bed.needs(test), 1800) or bed.run(test):
                return 'found', test
        return 'survived', len(tests)
    finally:
        with open(where, 'w') as file:
            file.write(old)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('work')
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--least', type=float, default=0)
    parser.add_argument('--suites', type=int, default=1000, help='tests a mutant, the nearest')
    parser.add_argument('--seconds', type=float, default=1e9, help='no test that takes longer')
    parser.add_argument('--costs', help='what tests take where they have passed; no others')
    parser.add_argument('--file', help='only mutants of files that begin so')
    options = parser.parse_args()
    chance = random.Random(options.seed)
    known, bed = reasons(), Bed(options.work, options.costs, options.seconds)
    files = sorted(os.path.relpath(os.path.join(folder, name), bed.tree)
                   for folder, _, names in os.walk(os.path.join(bed.tree, 'emu'))
                   for name in names if name.endswith('.c'))
    sites = [(path, site) for path in files for site in sites_of(bed.tree, path)
             if path.startswith(options.file or 'emu/')]
    # As many of each kind: constants are most of all there are.
    kinds = sorted({site[1] for _, site in sites})
    by_kind = {kind: [s for s in sites if s[1][1] == kind] for kind in kinds}
    found = tried = explained = 0
    survivors = []
    while tried < options.count and any(by_kind.values()):
        kind = kinds[tried % len(kinds)]
        if not by_kind[kind]:
            kind = next(k for k in kinds if by_kind[k])
        path, site = by_kind[kind].pop(chance.randrange(len(by_kind[kind])))
        with open(os.path.join(bed.tree, path)) as file:
            old = file.read().split('\n')[site[0]]
        new = old[:site[2]] + site[4] + old[site[3]:]
        fate, detail = try_site(bed, path, site, options.suites)
        if fate == 'no mutant':
            continue
        tried += 1
        found += fate == 'found'
        print('%-8s %-9s %s:%d: %s -> %s (%s)' % (fate, kind, path, site[0] + 1, old.strip(),
                                                 new.strip(), detail), flush=True)
        if fate == 'survived':
            why = known.get((path, old.strip(), new.strip()), '')
            explained += bool(why)
            survivors.append((path, site[0] + 1, old.strip(), new.strip(), why))
    score = 100.0 * found / tried if tried else 0
    print('\n%d mutants, %d found: %.1f%%; %d survivors, %d with a reason' %
          (tried, found, score, len(survivors), explained))
    for path, number, old, new, why in survivors:
        print('%s:%d | %s | %s | %s' % (path, number, old, new, why or 'no reason yet'))
    if not tried or score < options.least:
        print('below %.1f%%' % options.least)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
