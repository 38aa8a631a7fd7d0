"""Arrays that are off by a position: the one edit that explains them.

A value in the wrong column makes every later column look wrong. Judging the array realigned, with one
position left out, put in, or two exchanged, tells what happened: ``inserted at 4``, ``dropped 3 sequence``,
``swapped 4 and 5``, ``appended``.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.validation.node import Node
from conformance.validation.walker import Walker

_ARITY = ("minItems", "maxItems", "additionalItems", "items")
_ALTERNATIVES = 3  # equally good positions that are named


class _Scores:
    """Findings of each element judged as each position; each pair is judged once."""

    def __init__(self, walk: Walker, node: Node, value: list[object] | tuple[object, ...]) -> None:
        self._walk, self._node, self._value = walk, node, value
        self._known: dict[tuple[int, int], int] = {}

    def __call__(self, position: int, index: int) -> int:
        if (position, index) not in self._known:
            trial = self._walk.fork()
            trial.visit(self._node.prefix[position][1], self._value[index])
            self._known[position, index] = len(trial.findings)
        return self._known[position, index]


def explain(walk: Walker, node: Node, value: list[object] | tuple[object, ...], first: int) -> None:
    """Put the drift, if one explains the findings from ``first`` on strictly better, before them."""
    here = len(walk.trail)
    asked = {
        (node.clause(keyword), str(node.schema.at(keyword)))
        for keyword in _ARITY
        if keyword in node.schema.values
    }
    arity = [
        number
        for number, finding in enumerate(walk.findings[first:], first)
        if len(finding.path) == here and (finding.clause, finding.document) in asked
    ]
    scores = _Scores(walk, node, value)
    if arity:
        words = _arity(scores, len(node.prefix), len(value), node)
        if words:
            finding = walk.findings.pop(arity[0])
            walk.findings.insert(
                first, replace(finding, expected=_exactly(node, finding.expected), drift=words)
            )
    elif pair := _swapped(scores, min(len(node.prefix), len(value))):
        broken = [
            number
            for number, finding in enumerate(walk.findings[first:], first)
            if len(finding.path) > here and finding.path[here] == pair[0]
        ]
        finding = walk.findings.pop(broken[0])
        walk.findings.insert(first, replace(finding, drift=f"swapped {pair[0]} and {pair[1]}"))


def _exactly(node: Node, expected: str) -> str:
    least, most = node.schema.values.get("minItems"), node.schema.values.get("maxItems")
    ends = len(node.prefix) if node.ends else most
    return (
        expected.replace("at least", "exactly").replace("at most", "exactly") if least == ends else expected
    )


def _arity(scores: _Scores, size: int, length: int, node: Node) -> str:
    """What became of an array that is too long or too short; '' when no one edit explains it strictly
    better.
    """
    plain = sum(scores(number, number) for number in range(min(size, length)))
    if length > size and plain == 0:
        return "appended"
    if length == size + 1:
        totals = [
            sum(scores(number, number) for number in range(at))
            + sum(scores(number, number + 1) for number in range(at, size))
            for at in range(size)
        ]
        best = min(totals)
        if best == 0 or best < plain:
            return "inserted at " + _alternatives([str(at) for at in range(size) if totals[at] == best])
    if length == size - 1:
        totals = [
            sum(scores(number, number) for number in range(at))
            + sum(scores(number, number - 1) for number in range(at + 1, size))
            for at in range(size)
        ]
        best = min(totals)
        if best == 0 or best < plain:
            names = [f"{at} {node.prefix[at][0]}".strip() for at in range(size) if totals[at] == best]
            return "dropped " + _alternatives(names)
    return ""


def _alternatives(names: list[str]) -> str:
    if len(names) > _ALTERNATIVES:
        return f"one of {names[0]} … {names[-1]}"
    return " or ".join(names)


def _swapped(scores: _Scores, size: int) -> tuple[int, int] | None:
    """The closest two positions that are both wrong and both right when exchanged."""
    wrong = [number for number in range(size) if scores(number, number)]
    pairs = [
        (later - earlier, earlier, later)
        for number, earlier in enumerate(wrong)
        for later in wrong[number + 1 :]
        if scores(earlier, later) == 0 and scores(later, earlier) == 0
    ]
    return min(pairs)[1:] if pairs else None
