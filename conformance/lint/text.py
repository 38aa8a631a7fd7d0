"""Findings for people: grouped by file, a line each, with what they mean once a rule."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from conformance.lint.rule import Finding, Rule, Severity, harmless

COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33", Severity.NOTE: "36"}
NARROW = 40


def report(
    findings: Sequence[Finding], documents: int, *, width: int = 0, colour: bool = False, explain: bool = True
) -> Iterator[str]:
    """The lines of a report. ``width`` 0: nothing is folded, each finding is one line (no terminal)."""
    told = [each for each in findings if not each.reason]
    for _, group in groupby(told, key=lambda each: each.where.file):
        yield from _block(list(group), width, colour)
        yield ""
    if explain:
        yield from _legend(told, width, colour)
    yield counted(findings, documents)


def _block(findings: Sequence[Finding], width: int, colour: bool) -> Iterator[str]:
    places = max(len(_place(each)) for each in findings)
    rules = max(len(each.rule.id) for each in findings)
    for each in findings:
        head = f"{_place(each):<{places}}  {each.rule.severity:<7}  {each.rule.id:<{rules}}"
        line = f"{head}  {each.says}"
        if not width or len(line) <= width:
            yield _painted(line, each.rule.severity, colour)
            continue
        yield _painted(f"{_place(each)}  {each.rule.severity}  {each.rule.id}", each.rule.severity, colour)
        yield from _folded("    " + each.says, width, 4)


def _place(finding: Finding) -> str:
    return harmless(str(finding.where))


def _folded(line: str, width: int, indent: int) -> list[str]:
    return textwrap.wrap(line, max(width, NARROW), subsequent_indent=" " * indent)


def _painted(line: str, severity: Severity, colour: bool) -> str:
    if not colour:
        return line
    before, word, after = line.partition(f"  {severity}")
    return f"{before}\x1b[{COLOURS[severity]}m{word}\x1b[0m{after}"


def _legend(findings: Iterable[Finding], width: int, colour: bool) -> Iterator[str]:
    used = {each.rule.id: each.rule for each in findings}
    order = list(Severity)
    for rule in sorted(used.values(), key=lambda each: (order.index(each.severity), each.id)):
        yield from explained(rule, width, colour)
    if used:
        yield ""


def explained(rule: Rule, width: int = 0, colour: bool = False) -> Iterator[str]:
    """One rule: what it finds, why that matters, how to mend it."""
    head = f"{rule.id}  {rule.severity}: {rule.what}"
    yield _painted(head, rule.severity, colour)
    for word, says in (("why ", rule.why), ("mend", rule.mend)):
        line = f"  {word}  {says}"
        if not width:
            yield line
        else:
            yield from _folded(line, width, 8)


def table(rules: Mapping[str, Rule], width: int = 0, colour: bool = False) -> Iterator[str]:
    """All rules."""
    for rule in rules.values():
        yield from explained(rule, width, colour)


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many there are of each severity, and how many are silenced."""
    made = {str(severity): 0 for severity in Severity} | {"silenced": 0}
    for each in findings:
        made["silenced" if each.reason else str(each.rule.severity)] += 1
    return made


def counted(findings: Iterable[Finding], documents: int) -> str:
    """The last line."""
    made = counts(findings)
    parts = [_many(made[severity], severity) for severity in map(str, Severity) if made[severity]]
    silenced = f"; {made['silenced']} silenced in place, with a reason" if made["silenced"] else ""
    found = ", ".join(parts) or "nothing found"
    return f"{found} in {_many(documents, 'document')}{silenced}"


def _many(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
