# SPDX-License-Identifier: MIT
"""What gcov has counted in include/, as a table and a list; see coverage.sh, which runs this.

Usage: coverage.py <gcov> <folder of the build> [-b]
"""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

LEAST = 98  # percent of the lines
HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = str(HERE.parent / 'include') + '/'
COMPILED_ONLY = 'every_function.'  # the program that is never run
EXCEPTIONS = HERE / 'coverage_exceptions.txt'


def counts_of(gcov, notes):
    """The headers of one translation unit, as the arguments of Header and of Header.add."""
    run = subprocess.run([gcov, '--json-format', '--stdout', '--branch-probabilities', notes.name], cwd=notes.parent,
                         capture_output=True, check=True)
    unit = json.loads(run.stdout)
    for file in unit['files']:
        path = os.path.normpath(os.path.join(unit['current_working_directory'], file['file']))
        if path.startswith(INCLUDE):
            yield path[len(INCLUDE):], file['functions'], file['lines'], notes.name.startswith(COMPILED_ONLY)


class Header:
    def __init__(self, name):
        self.text = [''] + (pathlib.Path(INCLUDE) / name).read_text(encoding='utf-8').split('\n')
        self.lines = {}  # number: how often it ran
        self.constant = set(self.constant_lines())
        self.branches = {}  # number: {where its function begins: how often each branch was taken, in each instance}

    def constant_lines(self):
        """The lines of what is constexpr, by their indentation."""
        indent = None
        for number, text in enumerate(self.text):
            if indent is not None and text.strip() and len(text) - len(text.lstrip()) <= indent:
                indent = None
            if indent is None and 'constexpr' in text and 'if constexpr' not in text:
                indent = len(text) - len(text.lstrip())
            if indent is not None:
                yield number

    def add(self, functions, lines, compiled_only):
        start = {function['name']: (function['start_line'], function['start_column']) for function in functions}
        for line in lines:
            number = line['line_number']
            if not any(map(str.isalnum, self.text[number])):
                continue  # a closing brace, where only cleaning up is counted
            if compiled_only and number in self.constant:
                continue  # it may well run, in the compiler
            self.lines[number] = self.lines.get(number, 0) + line['count']
            taken = [branch['count'] for branch in line['branches'] if not branch['throw']]
            if not taken:
                continue
            self.branches.setdefault(number, {}).setdefault(start.get(line.get('function_name')), []).append(taken)

    def taken(self, number):
        """How often each branch of a line was taken, in any instance of a template: these begin at the same place. Of a
        lambda gcov does not tell the instances apart, but has them one after the other."""
        counts = []
        for instances in self.branches.get(number, {}).values():
            least = min(map(len, instances))
            alike = {}
            for taken in instances:
                size = least if len(taken) % least == 0 else len(taken)
                alike.setdefault(size, []).extend(taken[i:i + size] for i in range(0, len(taken), size))
            for same in alike.values():
                counts += map(sum, zip(*same))
        return counts


def explanations():
    """{(header, text of a line): reason}"""
    reasons = {}
    for entry in EXCEPTIONS.read_text(encoding='utf-8').splitlines():
        if entry.strip() and not entry.startswith('#'):
            line, _, reason = entry.rpartition(' — ')
            header, _, text = line.partition(': ')
            reasons[header, text] = reason
    return reasons


def row(name, lines, branches):
    cells = []
    for part, whole in (lines, branches):
        cells += [f'{part}/{whole}', f'{100 * part / whole:.1f}' if whole else '-']
    print('{:<34} {:>11} {:>6} {:>11} {:>6}'.format(name, *cells))


def ran(counts):
    return sum(count > 0 for count in counts), len(counts)


def main(gcov, build, show_branches):
    headers = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        units = pool.map(lambda notes: list(counts_of(gcov, notes)), sorted(pathlib.Path(build).rglob('*.gcno')))
        for unit in units:
            for name, *counts in unit:
                if name not in headers:
                    headers[name] = Header(name)
                headers[name].add(*counts)

    print('{:<34} {:>11} {:>6} {:>11} {:>6}'.format('header', 'lines', '%', 'branches', '%'))
    total = [(0, 0), (0, 0)]
    missed, partly = [], []
    for name, header in sorted(headers.items()):
        sums = [ran(header.lines.values()), ran([count for number in header.lines for count in header.taken(number)])]
        total = [(a + c, b + d) for (a, b), (c, d) in zip(total, sums)]
        row(name, *sums)
        for number, count in sorted(header.lines.items()):
            text = header.text[number].strip()
            never = header.taken(number).count(0)
            if count == 0:
                missed.append((name, number, text))
            elif never:
                partly.append(f'{name}:{number}: {never} of {len(header.taken(number))}: {text}')
    row('total', *total)

    failed = False
    reasons = explanations()
    print('\nLines that do not run:' if missed else '\nEvery line runs.')
    for name, number, text in missed:
        reason = reasons.get((name, text))
        print(f'{name}:{number}: {text}\n    {reason or f"NOT EXPLAINED in {EXCEPTIONS.name}"}')
        failed |= not reason
    if show_branches:
        print('\nLines that run, and how many of their branches are never taken:', *partly, sep='\n')
    for name, text in sorted(set(reasons) - {(name, text) for name, _, text in missed}):
        if name in headers or not name.startswith('sello/server/'):  # of a server that is not here nothing is known
            print(f'{EXCEPTIONS.name}: this line runs, or is gone: {name}: {text}')
            failed = True
    if 100 * total[0][0] < LEAST * total[0][1]:
        print(f'Less than {LEAST} % of the lines run.')
        failed = True
    return failed


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2], '-b' in sys.argv[3:]))
