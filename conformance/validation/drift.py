"""Arrays that are off by a position: the edit, or the two, that explain best what came.

A value in the wrong column makes every later column look wrong. The array is aligned with the schemas of its
positions (``drift_scripts``), and what happened is told by the finding that a reader sees first: ``inserted
at 4``, ``dropped 3 sequence``, ``swapped 4 price and 5 size``, ``moved 2 time to 5``, ``appended``. A value
that is wrong where it stands needs no such words: its finding says so.

Only arrays that are broken are looked at. Of one judged message no more than ``ALLOWANCE`` pairs of element
and position are compared, those inside elements counted: what lies beyond is judged as ever, and told
without an edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conformance.validation.drift_edits import APPENDED, CHANGED, INSERTED, SWAPPED, Edit, Edits, likeliest
from conformance.validation.drift_fits import Fits, share, values_in
from conformance.validation.drift_scripts import SHIFT, Task, scripts
from conformance.validation.drift_words import worded
from conformance.validation.finding import Finding
from conformance.validation.node import Node
from conformance.validation.walker import Walker

WIDEST: Final = 256
"""Arrays with more named positions are not aligned."""

_ARITY: Final = ("minItems", "maxItems", "additionalItems", "items")
_ALIKE: Final = 0.01  # less than this between two layouts tells neither
_PAIRS: Final = 4  # what a script costs of two edits that each take two: swaps, moves
_ENOUGH: Final = 40  # where so many values are in an element for each that is wrong, it is as good as right
_BEHIND: Final = SHIFT + 2  # elements behind the named positions that are aligned with them


@dataclass(frozen=True, slots=True)
class _Lengths:
    """How many elements the document allows; None: any number."""

    least: int
    most: int | None

    def off(self, length: int) -> int:
        """How many elements there are too many, or (negative) too few."""
        if self.most is not None and length > self.most:
            return length - self.most
        return min(0, length - self.least)

    def allow(self, length: int) -> bool:
        """Whether an array may have this length."""
        return self.off(length) == 0


def explain(walk: Walker, node: Node, value: Sequence[object], first: int) -> None:
    """Say in one of the findings from ``first`` on, those on this array, what became of it.

    That is the finding on the number of elements where this is wrong; it then comes first, as does that on
    two elements that were swapped.
    """
    walk.allowance -= 1
    if walk.allowance <= 0:
        return
    here = len(walk.trail)
    below = Counter(finding.path[here] for finding in walk.findings[first:] if len(finding.path) > here)
    lengths = _lengths(node)
    if not node.prefix:
        if node.rest is not None and lengths.off(len(value)) == 1 and len(below) == 1:
            alone = int(next(iter(below)))  # one too many, and one that does not belong there
            _tell(walk, node, first, [(Edit(INSERTED, alone),)], f"inserted at {alone}")
        return
    if len(node.prefix) > WIDEST or not (below or lengths.off(len(value))):
        return
    fits = _fits(walk, node, value, below, lengths)
    ways = _ways(walk, len(value), len(node.prefix), lengths, fits)
    if ways and any(edit.kind != CHANGED for edit in ways[0]):
        _tell(walk, node, first, ways, worded(ways, [name for name, _ in node.prefix], fits.is_type))


def nearest(
    walk: Walker, alternatives: Sequence[Node], findings: Sequence[Sequence[Finding]], value: Sequence[object]
) -> list[int]:
    """Which of several arrays with positions it is by the fewest edits, at most two: several where they tie.

    ``findings``: those on the value as each of the alternatives.
    """
    here = len(walk.trail)
    found: list[tuple[float, int]] = []
    for number, node in enumerate(alternatives):
        walk.allowance -= 1
        if not 0 < len(node.prefix) <= WIDEST or walk.allowance <= 0:
            continue
        below = Counter(each.path[here] for each in findings[number] if len(each.path) > here)
        lengths = _lengths(node)
        fits = _fits(walk, node, value, below, lengths)
        ways = _ways(walk, len(value), len(node.prefix), lengths, fits)
        plain = abs(lengths.off(len(value))) + sum(fits.broken.values())  # wrong inside is a little wrong
        found.append((len(ways[0]) if ways else plain, number))
    found.sort()
    if not found or found[0][0] >= 3:
        return []
    return [number for edits, number in found if edits - found[0][0] < _ALIKE]


def _fits(
    walk: Walker, node: Node, value: Sequence[object], below: Mapping[str | int, int], lengths: _Lengths
) -> Fits:
    """How well each element fits; ``below``: the number of findings on it, where it stands."""
    broken: dict[int, float] = {}
    fits = Fits(walk, node, value, broken)
    for index, count in below.items():
        if not isinstance(index, int) or index >= len(value):
            continue
        if not lengths.allow(max(index + 1, lengths.least)):
            continue  # behind the last position
        if fits.is_type(index, index):
            broken[index] = 1.0
            continue
        size = values_in(value[index], min(walk.allowance, _ENOUGH * count))
        walk.allowance -= size
        broken[index] = share(count, value[index], size)
    return fits


def _lengths(node: Node) -> _Lengths:
    least, most = node.schema.values.get("minItems"), node.schema.values.get("maxItems")
    ends = [int(most)] if isinstance(most, (int, float)) else []
    if node.ends or (node.rest is not None and _takes_nothing(node.rest)):
        ends.append(len(node.prefix))
    return _Lengths(int(least) if isinstance(least, (int, float)) else 0, min(ends) if ends else None)


def _takes_nothing(node: Node) -> bool:
    return node.schema.accepts is False or node.schema.others.get("not") in ({"not": {}}, {"not": True})


def _ways(walk: Walker, length: int, named: int, lengths: _Lengths, fits: Fits) -> list[Edits]:
    """The explanations that are alike the best; none where the array is wrong as it stands, or altogether."""
    off = lengths.off(length)
    wrong = [index for index, cost in fits.broken.items() if cost >= 1]
    if off > SHIFT and not wrong:
        return [(Edit(APPENDED, named),)]
    if abs(off) > SHIFT or not (off or wrong):
        return []
    if not off and len(wrong) == 1:
        return [(pair,) for pair in _exchanged(wrong[0], min(length, named), fits)]
    seen = min(length, named + _BEHIND)
    near = range(max(0, seen - SHIFT), seen + SHIFT + 1)
    ends = [end for end in near if lengths.allow(length - seen + end)] if off <= 0 else [seen - off]
    walk.allowance -= (1 + 2 * SHIFT) * seen
    task = Task(fits, seen, ends, named)
    plain = abs(off) + len(wrong)
    least, found = scripts(task, worth=max(_PAIRS, plain - 2)) if ends else (0.0, [])
    full = seen - length + lengths.most if lengths.most is not None else -1
    ways = likeliest(found, fits, full)
    if ways and len(ways[0]) > 2 and least < _PAIRS:
        ways = likeliest(scripts(task, _PAIRS)[1], fits, full)
    if not ways:
        return []
    changed = sum(edit.kind == CHANGED for edit in ways[0])
    others = len(ways[0]) - changed
    right = seen - max(0, off) - changed
    if len(ways[0]) <= 2:
        return ways if not changed or right > changed or right == len(ways) == 1 else []
    return ways if others <= 2 <= plain - least and right >= 2 * changed else []


def _exchanged(wrong: int, named: int, fits: Fits) -> Iterator[Edit]:
    """What may have been swapped with the only wrong value: what fits there as hardly anything else does."""
    if wrong >= named:
        return
    pairs = [
        each for each in range(named) if each != wrong and not fits(each, wrong) and not fits(wrong, each)
    ]
    if pairs and fits.is_telling(wrong):
        for each in pairs:
            yield Edit(SWAPPED, min(wrong, each), max(wrong, each))


def _tell(walk: Walker, node: Node, first: int, ways: Sequence[Edits], words: str) -> None:
    """Put the words into the finding that they belong to."""
    here = len(walk.trail)
    asked = {
        (node.clause(keyword), str(node.schema.at(keyword)))
        for keyword in _ARITY
        if keyword in node.schema.values
    }
    swapped = {place for edit in ways[0] if edit.kind == SWAPPED for place in (edit.at, edit.to)}
    arity, pair, below = [], [], []
    for number, finding in enumerate(walk.findings[first:], first):
        if len(finding.path) > here:
            below.append(number)
            if finding.path[here] in swapped:
                pair.append(number)
        elif len(finding.path) == here and (finding.clause, finding.document) in asked:
            arity.append(number)
    number = next(iter([*arity, *pair, *below]))
    finding = walk.findings.pop(number)
    if arity:
        finding = _exactly(node, finding)
    walk.findings.insert(first if arity or pair else number, replace(finding, drift=words))


def _exactly(node: Node, finding: Finding) -> Finding:
    """Where just one number of elements is right, the finding says so."""
    least, most = node.schema.values.get("minItems"), node.schema.values.get("maxItems")
    if least != (len(node.prefix) if node.ends else most):
        return finding
    expected = finding.expected.replace("at least", "exactly").replace("at most", "exactly")
    return replace(finding, expected=expected)
