# SPDX-License-Identifier: MIT
"""The places of C code that can be made wrong, and what of them changes nothing by its kind."""
import re

OPERATORS = {'==': '!=', '!=': '==', '<=': '<', '>=': '>', '<': '<=', '>': '>=', '&&': '||',
             '||': '&&', '+': '-', '-': '+', '&': '|', '|': '&', '<<': '>>', '>>': '<<',
             '+=': '-=', '-=': '+=', '|=': '&=', '&=': '|=', '^': '&'}
# With a space on each side: so that no pointer, sign or template of a type is taken for one.
OPERATOR = re.compile(r'(?<= )(%s)(?= )' % '|'.join(
    re.escape(o) for o in sorted(OPERATORS, key=len, reverse=True)))
CONSTANT = re.compile(r'(?<![\w.])(0x[0-9a-fA-F]+|\d+)(?=u?\b)(?!\.)|\b(true|false)\b')
CONDITION = re.compile(r'\b(if|while) \((.*)\)( \{)?$')
# Of what is 0 there is no other: HVC_OK and the like are.
RETURN = re.compile(r'\breturn (?!0;|NULL;|false;|\w+_OK;)(.+);$')
STATEMENT = re.compile(r'^\t+(?!return\b|break\b|continue\b|goto\b|else\b|case\b|default\b|va_)'
                       r'[*(]*[A-Za-z_][\w.>()*\[\]-]*(\(.*\)| [-+|&^*]?= .*|(\+\+|--));$')
FREES = re.compile(r'^\t+(\(void\))?(\w*free\w*|munmap|f?close|closedir|\w*(decref|unref)\w*|hvc_(machine|subject'
                   r'|bv_|engine_|solver_|secret_|hold_|zero_|known_|source_|player_)_close)\(')
NO_MEMORY = re.compile(r'\bHVC_E_NOMEM\b|\bout_of_memory\(|\bfail_memory\(')
# Mutants that no test can find, by what stands on the line: (kinds, pattern, reason).
EQUAL = [
    ('statement', FREES, 'gives back memory or a file'),
    ('constant operator', re.compile(r'\b(m|c|re)alloc\(|hvc_grow'), 'how much memory is asked for'),
    ('return', NO_MEMORY, 'what is done where memory is not there'),
    ('constant operator', re.compile(r'\bMAP_ANONYMOUS\b|\bMAP_PRIVATE\b'), 'no file is mapped'),
]
# The same of a line that has just such a line below it.
ABOVE = [
    ('constant', re.compile(r'^\t+for \(.*\)$'), FREES, 'gives back memory or a file'),
    ('operator', re.compile(r'^\t+if \((!\w[\w>.-]*( \|\| )?)+\)$'), NO_MEMORY,
     'what is done where memory is not there'),
]
# The greater or lesser of two.
MOST = re.compile(r'(?<![\w.>\])])([\w.>\[\]-]+) [<>]=? ([\w.>\[\]-]+)(?= \? (\1 : \2|\2 : \1)(?![\w.(\[-]| [-+*/]))')
CLAMP = re.compile(r'\t+if \(([\w.>\[\]-]+) [<>]=? ([\w.>\[\]-]+)\)$')
BUFFER = re.compile(r'^\t+(static |const )*(char|uint8_t|unsigned char) \w+\[[^=]*$')
# No line is told without a file, and no column without a line (complain.c).
NOWHERE = re.compile(r'hvc_diag_set\([^"]*, (NULL, (\d+, )?|0, )$')


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


def sites_of(text):
    """(line, kind, begin, end, what takes its place) of each mutation in a file's text."""
    lines = text.split('\n')
    for number, code in enumerate(blank(text).split('\n')):
        # Only inside of functions and tables: rows of a table are code, too.
        if not code.startswith(('\t', ' ')) or code.endswith('\\'):
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


def equal_by_kind(kind, line, after, begin):
    """Why no test can find it, or ''. AFTER is the line that follows, BEGIN the place."""
    for kinds, pattern, reason in EQUAL:
        if kind in kinds and pattern.search(line):
            return reason
    for kinds, header, pattern, reason in ABOVE:
        if kind in kinds and header.match(line) and pattern.search(after):
            return reason
    bounds = [m for m in MOST.finditer(line) if m.start() <= begin < m.end()]
    clamp = CLAMP.match(line)
    if kind == 'operator' and (bounds or clamp and after.strip() in (
            '%s = %s;' % clamp.groups(), '%s = %s;' % clamp.groups()[::-1])):
        return 'of two that are equal either will do'
    if kind in ('constant', 'operator') and BUFFER.match(line[:begin]) and '[' in line[:begin]:
        return 'how large a buffer is'
    if kind == 'constant' and NOWHERE.search(line[:begin]):
        return 'the line or column of a message about none'
    return ''
