"""What the page's script draws tables and details from: every case and clause, in arrays that are small."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.record import OUTCOMES, CaseEntry, CaseLine, FindingEntry, RunRecord
from conformance.record.repeats import Repeats
from conformance.reporting.html.stand import STATUSES, Standing
from conformance.reporting.promises import WAIVED, WARNING
from conformance.reporting.standing import NOT_PLAYED
from conformance.transcript.show import harmless, shortened

LONGEST = 2000
"""Characters of a text out of a finding: what a target sent may be of any length."""


class Words:
    """Texts, or lists of numbers, each once: what stands in the arrays is their place."""

    def __init__(self) -> None:
        self.places: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        """The place of a value."""
        return self.places.setdefault(value, len(self.places))

    def __iter__(self) -> Any:
        return iter(self.places)


class Listing:
    """The data of the page. ``held`` says where a case's transcript is: (chunk, place in it)."""

    def __init__(
        self, run: RunRecord, found: Sequence[Standing], held: Mapping[str, tuple[int, int]]
    ) -> None:
        self.run = run
        self.held = held
        self.words = Words()
        self.lists = Words()
        self.numbers = {one.clause.id: number for number, one in enumerate(found)}
        played = {line.id: line for line in run.cases}
        end = run.end
        self.excuses = dict.fromkeys(end.waived, WAIVED) | dict.fromkeys(end.warned, WARNING) if end else {}
        self.clauses = [self._clause(one) for one in found]
        self.cases = [self._case(entry, played.get(entry.id)) for entry in run.header.cases]

    def plain(self) -> dict[str, Any]:
        """All of it, as ``json.dumps`` takes it."""
        return {
            "outcomes": OUTCOMES,
            "statuses": STATUSES,
            "clauses": self.clauses,
            "cases": self.cases,
            "words": [harmless(one) for one in self.words],
            "lists": [list(one) for one in self.lists],
            "sources": [[harmless(one.path), harmless(one.left_out)] for one in self.run.sources],
        }

    def _clause(self, one: Standing) -> list[Any]:
        clause, word = one.clause, self.words
        return [
            harmless(clause.id), harmless(clause.says), word(clause.service), word(one.group),
            word(clause.kind), word(clause.level), word(clause.provenance), word(clause.binds),
            harmless(clause.where), STATUSES.index(one.status), word(one.reason),
        ]  # fmt: skip

    def _case(self, entry: CaseEntry, line: CaseLine | None) -> list[Any]:
        word = self.words
        line = line or CaseLine(entry.id, "skipped", "nobody", NOT_PLAYED, (), (), 0, 0.0, 0.0)
        about = tuple(self.numbers[one] for one in entry.clauses if one in self.numbers)
        return [
            harmless(entry.id), harmless(entry.says), word(entry.family), word(entry.service),
            word(entry.level), word(entry.provenance), OUTCOMES.index(line.outcome), word(line.blame),
            word(shortened(line.reason, LONGEST)), round(line.started, 1),
            round(line.ended - line.started, 1), line.messages, self.lists(about), self.lists(line.exercised),
            word(line.left_out), [word(part) for part in line.repeat.split(entry.id)] if line.repeat else [],
            list(self.held.get(line.id, ())), [self._finding(one) for one in line.findings],
            word(self.excuses.get(line.id, "")), self._repeats(line.repeats),
            [word(shortened(one, LONGEST)) for one in line.evidence],
        ]  # fmt: skip

    def _repeats(self, one: Repeats | None) -> list[Any]:
        return [] if one is None else [self.words(one.decision), str(one), one.means, one.course[:LONGEST]]

    def _finding(self, one: FindingEntry) -> list[Any]:
        texts = (one.clause, one.where, one.expected, one.seen, one.drift, one.document)
        return [*(self.words(shortened(text, LONGEST)) for text in texts), one.entry]


def as_script(value: Any) -> str:
    """JSON as it may stand in a script element: in ASCII, and nothing in it opens or closes an element."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
