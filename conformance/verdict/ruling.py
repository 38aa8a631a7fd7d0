"""Message rules: what one message, or successive ones, must say beyond their schema.

One small function a kind, spelled as in the documents; each yields the first thing that is wrong as
(pointer, expected, seen).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from conformance.cases.conditions import as_number
from conformance.contract import MessageRule, find, split
from conformance.validation import Finding

EARLIEST, LATEST = 10**12, 10**13 - 1
"""Milliseconds since the epoch from September 2001 to November 2286: today in another unit is not there."""
UNITS = ((1, "seconds"), (10**6, "microseconds"), (10**9, "nanoseconds"))
"""How many of each are a second."""

Wrong = tuple[str, str, str]
Values = Sequence[tuple[str, object]]


def _numbers(values: Values) -> list[tuple[str, Decimal]]:
    """The values as numbers; what is none is the schema's business and left out."""
    numbers = ((path, as_number(value)) for path, value in values)
    return [(path, number) for path, number in numbers if number is not None]


def _ordered(rule: MessageRule, groups: Sequence[Values], sign: int) -> Iterator[Wrong]:
    values = [pair for group in groups for pair in _numbers(group)]
    word = "above" if sign > 0 else "below"
    for (_before, previous), (path, value) in pairwise(values):
        step = (value - previous) * sign
        if step < 0 or (step == 0 and not rule.or_equal):
            yield (
                path,
                f"{'at least as far ' if rule.or_equal else ''}{word} {previous}, the one before",
                str(value),
            )


def ascending(rule: MessageRule, groups: Sequence[Values]) -> Iterator[Wrong]:
    """Each value is above the one before."""
    return _ordered(rule, groups, 1)


def descending(rule: MessageRule, groups: Sequence[Values]) -> Iterator[Wrong]:
    """Each value is below the one before."""
    return _ordered(rule, groups, -1)


def less(rule: MessageRule, groups: Sequence[Values]) -> Iterator[Wrong]:
    """The left value is below the right one."""
    left, right = _numbers(groups[0]), _numbers(groups[1])
    if left and right:
        (other, low), (path, high) = left[0], right[0]
        if low > high or (low == high and not rule.or_equal):
            expected = f"{'at least' if rule.or_equal else 'more than'} {low}, the value of {other}"
            yield path, expected, str(high)


def equal(rule: MessageRule, groups: Sequence[Values]) -> Iterator[Wrong]:
    """Left and right are the same number."""
    left, right = _numbers(groups[0]), _numbers(groups[1])
    if left and right and left[0][1] != right[0][1]:
        yield right[0][0], f"{left[0][1]}, the value of {left[0][0]}", f"{right[0][1]}"


def positive(rule: MessageRule, groups: Sequence[Values]) -> Iterator[Wrong]:
    """Every value is above zero."""
    for path, value in _numbers([pair for group in groups for pair in group]):
        if value <= 0:
            yield path, "more than 0", str(value)


def milliseconds(rule: MessageRule, groups: Sequence[Values]) -> Iterator[Wrong]:
    """Every value is a time in milliseconds since the epoch."""
    for path, value in _numbers([pair for group in groups for pair in group]):
        if not EARLIEST <= value <= LATEST:
            units = [unit for many, unit in UNITS if EARLIEST <= value * 1000 / many <= LATEST]
            as_such = f" (a time in {units[0]})" if units else ""
            yield path, f"{EARLIEST} to {LATEST}", f"{value}{as_such}"


def adds_up(rule: MessageRule, groups: Sequence[Values]) -> Iterator[Wrong]:
    """All values but the last add up to the last."""
    parts = [_numbers(group) for group in groups]
    if all(parts):
        total = Decimal(0)
        for part in parts[:-1]:
            total += part[0][1]
        path, value = parts[-1][0]
        if total != value:
            yield path, f"{total}, the sum of its parts", str(value)


def zero_when(rule: MessageRule, groups: Sequence[Values]) -> Iterator[Wrong]:
    """All values are 0 when the last one is 0."""
    condition = _numbers(groups[-1])
    if condition and condition[0][1] == 0:
        for path, value in _numbers([pair for group in groups[:-1] for pair in group]):
            if value != 0:
                yield path, "0, because nothing was counted", str(value)


KINDS: dict[str, Callable[[MessageRule, Sequence[Values]], Iterator[Wrong]]] = {
    "ascending": ascending,
    "descending": descending,
    "less": less,
    "equal": equal,
    "positive": positive,
    "milliseconds": milliseconds,
    "sum": adds_up,
    "zero_when": zero_when,
}


def _finding(rule: MessageRule, subject: str, pointer: str, expected: str, seen: str) -> Finding:
    path = tuple(int(part) if part.isdecimal() else part for part in split(pointer))
    return Finding(
        clause=rule.clause,
        where=f"{subject} {pointer}".strip(),
        expected=f"{expected} ({rule.says})" if rule.says else expected,
        seen=seen,
        path=path,
        document=str(rule.where),
    )


def judge_rule(rule: MessageRule, subject: str, value: object) -> tuple[bool, list[Finding]]:
    """Holds one rule against one message: (whether there was anything to judge, findings)."""
    kind = KINDS.get(rule.kind)
    if kind is None:
        return False, []
    exercised, findings = False, []
    bases: Values = find(value, rule.each + "/*") if rule.each else [("", value)]
    for base, element in bases:
        groups = [find(element, pointer) for pointer in rule.at]
        # One value alone is in any order.
        if any(groups) and (rule.kind not in ("ascending", "descending") or sum(map(len, groups)) > 1):
            exercised = True
        for path, expected, seen in kind(rule, groups):
            findings.append(_finding(rule, subject, base + path, expected, seen))
    return exercised, findings


def judge_succession(
    rule: MessageRule, subject: str, before: object, after: object
) -> tuple[bool, list[Finding]]:
    """Holds a ``not_decreasing`` rule against two successive messages."""
    if rule.kind != "not_decreasing":
        return False, []
    exercised, findings = False, []
    base = f"{rule.each}/*" if rule.each else ""
    for pointer in rule.at:
        earlier = dict(_numbers(find(before, base + pointer)))
        for path, number in _numbers(find(after, base + pointer)):
            if path in earlier:
                exercised = True
                if number < earlier[path]:
                    findings.append(
                        _finding(
                            rule, subject, path, f"at least {earlier[path]}, the value before", str(number)
                        )
                    )
    return exercised, findings
