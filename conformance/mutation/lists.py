# SPDX-License-Identifier: MIT
"""The files `faults` and `survivors`."""
import os

HERE = os.path.dirname(os.path.realpath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))


def listed(name):
    """What the files `faults` and `survivors` hold: [(path, what, old, new)]."""
    found, path, old = [], None, None
    # A build has a program of the name `faults`, in which tests run.
    file = os.path.join(HERE, name)
    file = file if os.path.exists(file) else name
    for line in open(file) if os.path.exists(file) else ():
        if line.startswith('emu/'):
            path, what = line.rstrip('\n').split(': ', 1)
        elif line.startswith('\t- '):
            old = line[3:].strip()
        elif line.startswith('\t+'):
            found.append((path, what, old, line[3:].strip()))
    return found


def check():
    """Faults and survivors that the tree has no such line for are told: it has changed."""
    missing = 0
    for name, wanted in (('faults', 1), ('survivors', 0)):
        for path, what, old, _ in listed(name):
            full = os.path.join(SOURCE, path)
            lines = open(full).read().split('\n') if os.path.exists(full) else []
            count = sum(old in line for line in lines)
            if count != wanted and (wanted or not count):
                print('%s: %s (%s): %d lines are now: %s' % (name, path, what, count, old))
                missing += 1
    return missing > 0
