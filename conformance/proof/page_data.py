"""What the script of ``proof.html`` draws from: the proof in few letters, and harmless inside of a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from conformance.proof.record import KINDS, OUTCOMES, FaultLine, ProofRecord
from conformance.reporting.paper import Paper

MOST = 40
"""As many ids of one list are in the page; of the others their number, as a negative one."""

LONGEST = 300
"""Characters of a reason that are in the page."""

_PAPER = Paper()
# JSON may write any letter by its number, so that no text can end the element that holds it.
_NUMBERED = str.maketrans({one: f"\\u{ord(one):04x}" for one in "<>&'"})


def text(value: str) -> str:
    """A text that reorders and hides nothing: letters that would are written by their numbers."""
    return _PAPER.safe(value)


def embedded(proof: ProofRecord) -> str:
    """The data as JSON in ASCII, without a letter that means something to HTML."""
    return json.dumps(data(proof), ensure_ascii=True, separators=(",", ":")).translate(_NUMBERED)


def data(proof: ProofRecord) -> dict[str, Any]:
    """Tables of clauses, cases and lists, and the faults, which name them by their numbers."""
    cases: list[list[Any]] = [
        [text(one.id), text(one.family), one.seen, one.played, text(one.excused)] for one in proof.cases
    ]
    clauses: list[list[str]] = []
    lists = _Lists()
    case_number = _numbers([one.id for one in proof.cases], lambda name: cases.append([text(name)]))
    clause_number = _numbers([], lambda name: clauses.append([text(name), text(proof.clauses.get(name, ""))]))

    def fault(line: FaultLine) -> list[Any]:
        return [
            text(line.name),
            KINDS.index(line.kind),
            text(line.family),
            text(line.says[:LONGEST]),
            lists.of(line.clauses, clause_number),
            OUTCOMES.index(line.outcome),
            lists.of(proof.shadow_of(line), clause_number),
            lists.of(line.caught_by, case_number),
            lists.of(line.also_red, case_number),
            [[text(one.case), text(one.clause), text(one.reason[:LONGEST])] for one in line.outside[:MOST]],
            lists.of(line.blind, case_number),
            [[text(one.case), text(one.reason[:LONGEST])] for one in line.inconclusive[:MOST]],
            line.applied,
            line.played,
            round(line.seconds, 1),
            text(line.excused),
        ]

    faults = [fault(line) for line in proof.faults]
    return {
        "outcomes": OUTCOMES,
        "own": len(proof.cases),
        "clauses": clauses,
        "cases": cases,
        "lists": lists.all,
        "faults": faults,
    }


def _numbers(names: Iterable[str], add: Callable[[str], object]) -> Callable[[str], int]:
    """A function that numbers names, those given first; ``add`` is told of every new one."""
    known = {name: number for number, name in enumerate(names)}

    def number(name: str) -> int:
        if name not in known:
            known[name] = len(known)
            add(name)
        return known[name]

    return number


class _Lists:
    """Many faults share their shadow and their cases: each list is there once."""

    def __init__(self) -> None:
        self.all: list[list[int]] = []
        self._known: dict[tuple[int, ...], int] = {}

    def of(self, names: tuple[str, ...], number: Callable[[str], int]) -> int:
        """The number of a list."""
        left = len(names) - MOST
        made = (*(number(name) for name in names[:MOST]), *([-left] if left > 0 else ()))
        if made not in self._known:
            self._known[made] = len(self.all)
            self.all.append(list(made))
        return self._known[made]
