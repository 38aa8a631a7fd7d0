"""The rules of a message, for the many messages that keep them all: a quick yes.

What is not said to be kept here is held against the rules one by one (``ruling.judge_rule``), which explains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from operator import ge, gt, le, lt
from typing import Final

from conformance.cases.conditions import as_number
from conformance.contract import MessageRule, finder
from conformance.verdict.ruling import EARLIEST, KINDS, LATEST, judge_rule

Numbers = Sequence[Decimal]
Keeps = Callable[[MessageRule, Sequence[Numbers]], bool]

LONG: Final = 40
"""No number that is remembered has so many characters."""

_ORDERS: Final = ("ascending", "descending")


def _ascending(rule: MessageRule, groups: Sequence[Numbers]) -> bool:
    values = groups[0] if len(groups) == 1 else list(chain.from_iterable(groups))
    return all(map(le if rule.or_equal else lt, values, values[1:]))


def _descending(rule: MessageRule, groups: Sequence[Numbers]) -> bool:
    values = groups[0] if len(groups) == 1 else list(chain.from_iterable(groups))
    return all(map(ge if rule.or_equal else gt, values, values[1:]))


def _less(rule: MessageRule, groups: Sequence[Numbers]) -> bool:
    left, right = groups[0], groups[1]
    return not left or not right or left[0] < right[0] or (rule.or_equal and left[0] == right[0])


def _equal(rule: MessageRule, groups: Sequence[Numbers]) -> bool:
    return not groups[0] or not groups[1] or groups[0][0] == groups[1][0]


def _positive(rule: MessageRule, groups: Sequence[Numbers]) -> bool:
    smallest = [min(group) for group in groups if group]
    return not smallest or min(smallest) > 0


def _milliseconds(rule: MessageRule, groups: Sequence[Numbers]) -> bool:
    return all(min(group) >= EARLIEST and max(group) <= LATEST for group in groups if group)


QUICK: Final[dict[str, Keeps]] = {
    "ascending": _ascending,
    "descending": _descending,
    "less": _less,
    "equal": _equal,
    "positive": _positive,
    "milliseconds": _milliseconds,
}
"""Of the kinds of rule that messages keep by the thousand; others are asked as they are."""


class Ruled:
    """The rules of one message, made ready: each place is read once, whatever rules look at it."""

    def __init__(self, rules: Sequence[MessageRule], subject: str) -> None:
        self.subject = subject
        self._slow = [rule for rule in rules if rule.kind in KINDS and rule.kind not in QUICK]
        each = [rule for rule in rules if rule.kind in QUICK and rule.each]
        self._each = [_Each(base, [rule for rule in each if rule.each == base]) for base in _bases(each)]
        quick = [rule for rule in rules if rule.kind in QUICK and not rule.each]
        places = list(dict.fromkeys(pointer for rule in quick for pointer in rule.at))
        self._finders = [finder(pointer) for pointer in places]
        self._quick = [
            (rule, QUICK[rule.kind], [places.index(pointer) for pointer in rule.at], rule.kind in _ORDERS)
            for rule in quick
        ]
        self._known: dict[int, frozenset[str]] = {}

    def __call__(self, value: object) -> frozenset[str] | None:
        """The clauses of the rules that had something to judge, where it keeps them all; else None."""
        found = [at(value) for at in self._finders]
        numbers = [_numbers(each) for each in found]
        applied = 0
        for number, (rule, keeps, places, in_order) in enumerate(self._quick):
            there = sum([len(found[place]) for place in places])
            if there > in_order:  # one value alone is in any order
                applied |= 1 << number
            if not keeps(rule, [numbers[place] for place in places]):
                return None
        shift = len(self._quick)
        for each in self._each:
            bits = each.kept(value)
            if bits < 0:
                return None
            applied |= bits << shift
            shift += len(each.rules)
        known = self._known.get(applied)
        if known is None:
            quick = [rule for rule, *_ in self._quick]
            rules = [*quick, *(rule for each in self._each for rule in each.rules)]
            clauses = [rule.clause for number, rule in enumerate(rules) if applied >> number & 1]
            known = self._known[applied] = frozenset(clauses)
        for rule in self._slow:
            exercised, findings = judge_rule(rule, self.subject, value)
            if findings:
                return None
            if exercised:
                known |= {rule.clause}
        return known


class _Each:
    """The rules that hold for each element of one list: each place of an element is read once."""

    def __init__(self, base: str, rules: Sequence[MessageRule]) -> None:
        self.rules = rules
        places = list(dict.fromkeys(pointer for rule in rules for pointer in rule.at))
        self._elements = finder(base + "/*")
        self._finders = [finder(pointer) for pointer in places]
        self._plans = [
            (1 << number, rule, QUICK[rule.kind], [places.index(at) for at in rule.at], rule.kind in _ORDERS)
            for number, rule in enumerate(rules)
        ]

    def kept(self, value: object) -> int:
        """A bit for each rule that had something to judge; -1 where one is not kept."""
        applied = 0
        for element in self._elements(value):
            found = [at(element) for at in self._finders]
            numbers = [_numbers(each) for each in found]
            for bit, rule, keeps, places, in_order in self._plans:
                if not applied & bit and sum([len(found[place]) for place in places]) > in_order:
                    applied |= bit
                if not keeps(rule, [numbers[place] for place in places]):
                    return -1
        return applied


def _bases(rules: Sequence[MessageRule]) -> list[str]:
    return list(dict.fromkeys(rule.each for rule in rules))


def _numbers(values: list[object]) -> list[Decimal]:
    if len(values) == 1:
        each = values[0]
        alone = _known(each) if type(each) is str and len(each) < LONG else as_number(each)
        return [] if alone is None else [alone]
    numbers = [_known(each) if type(each) is str and len(each) < LONG else as_number(each) for each in values]
    return [number for number in numbers if number is not None]


@lru_cache(maxsize=16_384)
def _known(text: str) -> Decimal | None:
    """As ``as_number``: the levels of a book are nearly all as they were in the one before."""
    return as_number(text)
