#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The second half of the mutation score: faults in hvcheck's own code.

    source.py WORK [--count N] [--seed N...] [--least PERCENT] [--seconds N] [--jobs N] [--file emu/...]
              [--named [FILE]]

Sites are chosen by the seed over all of emu/, one mutation each, as many of each kind: an operator,
a constant, a condition, what is returned, a statement that is dropped. A change of other lines
changes nothing about it. --named takes the faults of the file `faults`, too, all of which have to be
found. All of them are compiled at once into a copy
of the tree in WORK (schemata.py), and the environment turns them on. A test of the default suite
runs once without any, and tells which places it reaches. Each mutant gets some seconds of the
tests that reach it, the near and the quick first, until one fails. What is left is then tried by
every test all at once, which is halved where the test fails.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import threading

sys.dont_write_bytecode = True  # the tree stays as it is
import lists  # noqa: E402
import schemata  # noqa: E402
import sites  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
ALONE = 2  # seconds of CPU that a mutant has for itself
NOT_DEFAULT = 'long|real|browser|mutation'
# What else a test says of a room than its name.
NEAR = {
    'machine': 'architecture exception entry outcome calls machine world reset simd trap vhe eret own zero sample'.split(),
    'subject': 'subject elf object open vectors_find site flow constant kallsyms archive rela'.split(),
    'symbolic': 'bv bv_text facts symbolic lift prove exact lift_names'.split(),
    'abi': 'abi abi_errors expr verdict overlap cover property known abi_shipped'.split(),
    'engine': 'prove map diff leak safety sequence collide contract saved finding callers quote'.split(),
    'report': 'report finding picture quote cli-formats'.split(),
    'cli': 'cli-refusals cli-statuses cli-output cli-worlds cli-jail'.split(),
}


class Mutant:
    def __init__(self, number, path, site, old, new, what=''):
        self.number, self.path, self.site, self.old, self.new = number, path, site, old, new
        self.what = what
        self.fate, self.test = None, ''
        self.unit = None  # the function or the table
        self.seed = None
        self.key = ''  # what it is called from one run to the next

    def name(self, names):
        """Gives it a key that no other has in NAMES {key: how many}."""
        key = '\t'.join((self.path, self.site[1], self.old, self.new))
        names[key] = names.get(key, 0) + 1
        self.key = '%s\t%d' % (key, names[key])

    def __str__(self):
        return '%-8s %-9s %s:%d: %s -> %s%s' % (
            self.fate, self.site[1], self.path, self.site[0] + 1, self.old, self.new,
            ' (%s)' % self.test if self.test else ' [%s]' % self.what if self.what else '')


class Bed:
    """A copy of the tree with mutants in it, its build, and the tests there are."""

    def __init__(self, work):
        work = os.path.abspath(work)
        self.work, self.tree = work, os.path.join(work, 'tree')
        self.build = os.path.join(work, 'build')
        os.makedirs(self.tree, exist_ok=True)
        self.log = open(os.path.join(work, 'log'), 'w')
        names = subprocess.run(['git', '-C', SOURCE, 'ls-files', '-co', '--exclude-standard'], check=True, text=True,
                               capture_output=True).stdout.split('\n')
        self.original = {}
        for name in filter(None, names):
            with open(os.path.join(SOURCE, name), 'rb') as file:
                self.original[name] = file.read()
        self.original['emu/machine/mutant_switch.c'] = self.original['conformance/mutation/switch.c']
        self.original['emu/machine/mutant_switch.h'] = self.original['conformance/mutation/switch.h']
        for folder, _, files in os.walk(self.tree):
            for name in files:
                path = os.path.join(folder, name)
                if os.path.relpath(path, self.tree) not in self.original:
                    os.remove(path)
        self.tests, self.seconds, self.reach, self.digests = {}, {}, {}, {}
        self.lock, self.surveying, self.saving = {}, {}, threading.Lock()
        self.costs = os.path.join(work, 'costs.json')
        if os.path.exists(self.costs):
            with open(self.costs) as file:
                self.seconds = json.load(file)

    def write(self, changed):
        """The tree as it is but for CHANGED {name: text}; what is the same keeps its time."""
        for name, data in self.original.items():
            path = os.path.join(self.tree, name)
            data = changed[name].encode() if name in changed else data
            if os.path.exists(path):
                with open(path, 'rb') as file:
                    if file.read() == data:
                        continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as file:
                file.write(data)
            if name not in changed or not os.access(path, os.X_OK):
                shutil.copymode(os.path.join(SOURCE, name) if name.startswith('emu/machine/mutant_')
                                is False else HERE + '/switch.c', path)

    def text(self, path):
        return self.original[path].decode()

    def make(self, mutants, jobs):
        """Build with all of them; returns the numbers of those that do not compile."""
        loose, wide = set(), set()
        path = os.path.join(self.work, 'bad.json')  # that do not compile, from earlier times
        known = json.load(open(path)) if os.path.exists(path) else []
        bad = {m.number for m in mutants if [m.path, m.old, m.new] in known}
        by_path = {}
        for mutant in mutants:
            units = schemata.units_of(self.text(mutant.path))[2]
            mutant.unit = mutant.path, next(
                (u.name for u in units if u.body <= mutant.site[0] <= u.end), None)
            by_path.setdefault(mutant.path, {})[mutant.number] = mutant.site
        while True:
            changed, ranges = {}, {}
            for name, chosen in by_path.items():
                chosen = {k: site for k, site in chosen.items() if k not in bad}
                if chosen:
                    changed[name], ranges[name], left, far = schemata.instrument(
                        self.text(name), chosen, loose)
                    bad |= left
                    wide |= far
            self.write(changed)
            if not os.path.exists(os.path.join(self.build, 'build.ninja')):
                subprocess.run(['cmake', '-S', self.tree, '-B', self.build, '-G', 'Ninja',
                                '-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DHVC_WERROR=OFF'],
                               stdout=self.log, stderr=self.log, check=True)
            made = subprocess.run(['ninja', '-C', self.build, '-k', '0', '-j', str(jobs)],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.log.write(made.stdout)
            self.log.flush()
            if made.returncode == 0:
                self.wide = wide
                with open(path, 'w') as file:
                    json.dump(known + [[m.path, m.old, m.new] for m in mutants if m.number in bad],
                              file)
                return bad
            before = len(bad) + len(loose)
            for name, line in re.findall(r'(emu/\S+\.c):(\d+):\d+: error', made.stdout):
                hit = {k for low, high, k in ranges.get(name, ()) if low <= int(line) <= high}
                bad |= hit
                if not hit:  # a mark where none can be
                    loose |= set(by_path.get(name, ())) - bad
            if len(bad) + len(loose) == before:
                sys.exit('source.py: the tree does not build: see %s/log' % self.work)

    def digest(self, test):
        """Of the files that are named as the test is: what it reaches is known until one changes."""
        stem = re.sub('^(golden|cli|cases|example|fuzz)-', '', test)
        if test in self.digests:
            return self.digests[test]
        self.digests[test] = hashlib.sha256(b''.join(self.original[n] for n in sorted(self.original)
                                       if stem in n and not n.startswith('emu/'))).hexdigest()[:16]
        return self.digests[test]

    def list_tests(self, mutants, resume):
        self.state = os.path.join(self.work, 'state.json')
        self.number = {m.key: m.number for m in mutants}
        if resume and os.path.exists(self.state):
            with open(self.state) as file:
                state = json.load(file)
            for mutant in mutants:
                if mutant.key in state['found']:
                    mutant.fate, mutant.test = 'found', state['found'][mutant.key]
                elif mutant.key in state['left']:
                    mutant.fate = 'left'
            if set(self.number) <= set(state['asked']):
                self.reach = {test: {self.number[k] for k in keys if k in self.number}
                              for test, (digest, keys) in state['reach'].items() if digest == self.digest(test)}
        shown = json.loads(subprocess.run(
            ['ctest', '--test-dir', self.build, '--show-only=json-v1', '-LE', NOT_DEFAULT],
            check=True, text=True, capture_output=True).stdout)
        for test in shown['tests']:
            properties = {p['name']: p['value'] for p in test['properties']}
            if 'command' in test:
                self.tests[test['name']] = (test['command'], properties)
                self.lock[test['name']] = threading.Lock()
                self.surveying[test['name']] = threading.Lock()
                labels = properties.get('LABELS', ())
                self.seconds.setdefault(test['name'], 1 if 'golden' in labels else 3 if 'suite' in labels else 10)

    def run(self, name, on=(), reached=None):
        """'passed', 'failed' or 'skipped', and the seconds of CPU."""
        command, properties = self.tests[name]
        env = dict(os.environ, HVC_MUTANTS=','.join(map(str, on)), CK_FORK='no')
        env.update(e.split('=', 1) for e in properties.get('ENVIRONMENT', ()))
        if reached:
            env['HVC_MUTANTS_REACHED'] = reached
        known = self.seconds[name] if on else 200  # the first time nobody knows

        def limits():
            most = int(3 * known + 5)
            resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
            resource.setrlimit(resource.RLIMIT_DATA, (6 << 30, 6 << 30))
        with self.lock[name], open(os.path.join(self.work, 'output-' + name), 'w') as out:
            # `time` counts what the children took, too.
            process = subprocess.Popen(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=env,
                cwd=properties.get('WORKING_DIRECTORY', self.build), preexec_fn=limits,
                start_new_session=True)
            timer = threading.Timer(30 * known + 60, os.killpg, (process.pid, 9))
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = status
            try:
                os.killpg(process.pid, 9)  # what it left behind
            except ProcessLookupError:
                pass
        fate = 'passed' if status == 0 else 'failed'
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == properties.get('SKIP_RETURN_CODE', -1):
            fate = 'skipped'
        wanted = properties.get('PASS_REGULAR_EXPRESSION')
        if wanted:
            with open(out.name, errors='replace') as file:
                fate = 'passed' if re.search(wanted[0], file.read()) else 'failed'
        return fate, usage.ru_utime + usage.ru_stime

    def reaches(self, test, mutant):
        """Without a mutant, once: does the test pass, and which places does it reach?"""
        self.survey(test)
        return mutant.number in self.reach[test]

    def survey(self, test):
        with self.surveying[test]:
            if test not in self.reach:
                path = os.path.join(self.work, 'reached-' + test)
                with open(path, 'wb') as file:
                    file.write(bytes(4096))
                fate, self.seconds[test] = self.run(test, (), path)
                with open(path, 'rb') as file:
                    marks = {k for k, mark in enumerate(file.read()) if mark}
                os.remove(path)
                self.reach[test] = marks | self.wide if fate == 'passed' else set()
                if fate != 'passed':
                    print('%s %s without a mutant: left out' % (test, fate), flush=True)
                with self.saving, open(self.costs, 'w') as file:
                    json.dump(self.seconds, file)

    def save(self, mutants):
        """For --resume."""
        with self.saving, open(self.state + '.new', 'w') as file:
            keys = {m.number: m.key for m in mutants}
            json.dump({'asked': list(self.number), 'found': {m.key: m.test for m in mutants if m.fate == 'found'},
                       'left': [m.key for m in mutants if m.fate and m.fate != 'found'],
                       'reach': {test: (self.digest(test), [keys[k] for k in marks if k in keys])
                                 for test, marks in list(self.reach.items())}}, file)
            file.close()
            os.replace(file.name, self.state)

    def near(self, mutant, test):
        """How much the name of a test says of a mutant's file."""
        folder, stem = mutant.path.split('/')[1], os.path.basename(mutant.path)[:-2]
        words = set(re.split('[_.-]', stem)) & set(re.split('[_.-]', test))
        return len(words) + (test in NEAR.get(folder, ())) + 5 * (test == stem)

    def ordered(self, mutant, names):
        def rank(test):
            # What reaches few places looks at them closely.
            wide = 0.1 + len(self.reach[test]) / len(self.number) if test in self.reach else 1
            return (self.seconds[test] + 0.05) * wide / (1 + 20 * self.near(mutant, test))
        return sorted(names, key=rank)


def try_near(bed, mutant, names):
    """Some seconds of the tests that most likely find it."""
    left = ALONE
    if mutant.fate:
        return
    mutant.fate = 'left'
    for test in bed.ordered(mutant, names):
        if left <= 0:
            return
        if bed.reaches(test, mutant):
            fate, seconds = bed.run(test, [mutant.number])
            left -= seconds
            if fate == 'failed':
                mutant.fate, mutant.test = 'found', test
                return


def try_together(bed, test, mutants):
    """Those of the mutants, all on at once, that the test finds; of one function one at a time."""
    again = [m for i, m in enumerate(mutants) if any(m.unit == other.unit for other in mutants[:i])]
    mutants = [m for m in mutants if m not in again]
    if again:
        try_together(bed, test, again)
    mutants = [m for m in mutants if m.fate != 'found']  # by another test, meanwhile
    if not mutants or bed.run(test, [m.number for m in mutants])[0] != 'failed':
        return
    if len(mutants) == 1:
        mutants[0].fate, mutants[0].test = 'found', test
        return
    half = len(mutants) // 2
    try_together(bed, test, mutants[:half])
    try_together(bed, test, mutants[half:])


def choose(bed, options, seed, first):
    """The mutants of the seed, some more than wanted since some do not compile; and those set aside."""
    by_kind, aside, chosen, names = {}, [], [], {}
    for path in sorted(n for n in bed.original if re.match(r'emu/(?!machine/mutant_).*\.c$', n)):
        if not path.startswith(options.file or 'emu/'):
            continue
        lines = bed.text(path).split('\n')
        for site in sites.sites_of(bed.text(path)):
            number, kind, begin, end, new = site
            old = lines[number]
            mutant = Mutant(0, path, site, old.strip(), (old[:begin] + new + old[end:]).strip(),
                            sites.equal_by_kind(kind, old, lines[number + 1], begin))
            mutant.seed = seed
            mutant.name(names)
            by_kind.setdefault(kind, []).append(mutant)
    for kind in by_kind.values():
        kind.sort(key=lambda m: hashlib.sha256(('%d %s' % (seed, m.key)).encode()).digest(), reverse=True)
    kinds = sorted(by_kind)  # as many of each: constants are most of all there are
    while options.count and len(chosen) < options.count * 1.2 + 5 and any(by_kind.values()):
        kind = kinds[(len(chosen) + len(aside)) % len(kinds)]
        mutant = (by_kind[kind] or next(filter(None, by_kind.values()))).pop()
        if not mutant.what:
            mutant.number = first + len(chosen)
        (aside if mutant.what else chosen).append(mutant)
    return chosen, aside


def named(bed, name):
    """The faults of a file."""
    chosen, names = [], {}
    for path, what, old, new in lists.listed(name):
        lines = bed.text(path).split('\n')
        hits = [i for i, line in enumerate(lines) if old in line]
        if len(hits) != 1:
            sys.exit('source.py: %s has %d lines with: %s' % (path, len(hits), old))
        begin = lines[hits[0]].index(old)
        chosen.append(Mutant(len(chosen), path, (hits[0], 'fault', begin, begin + len(old), new),
                             old, new, what))
        chosen[-1].name(names)
    return chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('work', nargs='?')
    parser.add_argument('--check', action='store_true', help='only: is what the two lists name there?')
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--seed', type=int, nargs='+', default=[1])
    parser.add_argument('--least', type=float, default=0)
    parser.add_argument('--seconds', type=float, default=8, help='of CPU: longer tests come last')
    parser.add_argument('--resume', action='store_true', help='what a run before began')
    parser.add_argument('--quick', action='store_true', help='without the longer tests')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--file', help='only mutants of files that begin so')
    parser.add_argument('--named', nargs='?', const='faults', help='the faults of the file `faults`')
    options = parser.parse_args()
    if options.check:
        return lists.check()
    if not options.work:
        parser.error('where to work?')
    bed = Bed(options.work)
    faults = named(bed, options.named) if options.named else []
    seeded, aside = [], []
    for seed in options.seed:
        more = choose(bed, options, seed, len(faults) + len(seeded))
        seeded += more[0]
        aside += more[1]
    bad = bed.make(faults + seeded, options.jobs)
    broken = [m for m in faults if m.number in bad]
    if broken and options.named == 'faults':
        sys.exit('source.py: this fault does not compile: %s' % broken[0])
    faults = [m for m in faults if m.number not in bad]
    seeded = [m for seed in options.seed
              for m in [m for m in seeded if m.seed == seed and m.number not in bad][:options.count]]
    mutants = faults + seeded
    bed.list_tests(mutants, options.resume)
    quick = [t for t in bed.tests if bed.seconds[t] <= options.seconds]
    longer = [t for t in bed.tests if bed.seconds[t] > options.seconds]
    print('%d mutants; %d tests, and %d that take longer' % (len(mutants), len(quick), len(longer)), flush=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        if len(mutants) > 100:  # all of them will be asked for
            list(pool.map(bed.survey, sorted(quick, key=bed.seconds.get)))
        mixed = [random.Random(1).sample(list, len(list)) for list in (faults, seeded)]
        waiting = {pool.submit(try_near, bed, m, quick): m for m in mixed[0] + mixed[1] if not m.fate}
        for done in concurrent.futures.as_completed(waiting):
            done.result()
            print(waiting[done], flush=True)
            bed.save(mutants)

        def one(_):
            left = [m for m in mutants if m.fate != 'found']
            with bed.saving:  # the next: what is quick, and near to most of what is left
                test = min(waiting, key=lambda t: (bed.seconds[t] + 0.2) / (0.2 + sum(bed.near(m, t) for m in left)))
                waiting.remove(test)
            rest = [m for m in left if bed.reaches(test, m)]
            try_together(bed, test, rest)
            for m in rest:
                if m.fate == 'found':
                    print(m, flush=True)
                else:
                    m.fate = 'survived'
            bed.save(mutants)
        waiting = quick if options.quick else quick + longer
        list(pool.map(one, range(len(waiting))))
    return tell(faults, seeded, aside, options)


def tell(faults, seeded, aside, options):
    """The account, and the status."""
    known = {(path, old, new): why for path, why, old, new in lists.listed('survivors')}
    missed = [m for m in faults if m.fate != 'found']
    survivors = [m for m in seeded if m.fate != 'found']
    for mutant in survivors:
        mutant.what = known.get((mutant.path, mutant.old, mutant.new), '')
    print('\n%d named faults, %d found' % (len(faults), len(faults) - len(missed)))
    least = 100.0
    for seed in options.seed:
        those, left = [[m for m in some if m.seed == seed] for some in (seeded, survivors)]
        score = 100.0 * (len(those) - len(left)) / len(those) if those else 100
        least = min(least, score)
        print('seed %d: %d mutants, %d found: %.1f%%; %d survivors, %d with a reason; %d set aside by their kind' %
              (seed, len(those), len(those) - len(left), score, len(left), sum(bool(m.what) for m in left),
               sum(m.seed == seed for m in aside)))
    for m in missed + survivors:
        print('%s:%d: %s (%s)\n\t- %s\n\t+ %s' % (m.path, m.site[0] + 1, m.what or 'no reason yet',
                                                  'reached by no test' if m.fate == 'left' else m.fate, m.old, m.new))
    if missed or least < options.least:
        print('below %.1f%%, or not every named fault found' % options.least)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
