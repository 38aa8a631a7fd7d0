"""Broken promises: many red cases, one cause."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.reporting.promises import broken_promises
from conformance.validation import Finding
from tests.record import samples
from tests.record.samples import Played, record

ONE_OF = "tide/Level/oneOf"
DEEP = "tide/Level/0/price/type"
NESTED = "tide/Level/0/price/anyOf"
OTHER = "tide/Wave/height/type"


def found(clause: str, *path: str | int, drift: str = "") -> Finding:
    return replace(samples.price_finding(), clause=clause, path=path, drift=drift)


def promised(folder: Path, *cases: tuple[Finding, ...]) -> list[tuple[str, int, str]]:
    """The broken promises, how many cases saw each, and the clause of the finding that is shown."""
    clauses = [samples.clause(name, "It holds.") for name in (ONE_OF, DEEP, NESTED, OTHER)]
    entries = [samples.case(f"tide/layouts/case-{number}", ONE_OF) for number in range(len(cases))]
    head = replace(samples.header(entries), clauses=tuple(clauses))
    played: list[Played] = [
        (samples.failed(entry.id, *findings), None) for entry, findings in zip(entries, cases, strict=True)
    ]
    made = broken_promises(record(folder, played, head=head))
    return [(one.clause, len(one.cases), one.finding.clause if one.finding else "") for one in made]


def test_no_alternative_is_kept_because_of_something_deeper(tmp_path: Path) -> None:
    """Whichever of the two stands first: it is one promise, the deeper."""
    cases = (
        (found(ONE_OF), found(DEEP, "price")),
        (found(DEEP, "price"), found(ONE_OF)),
        (found(ONE_OF), found(NESTED, "price"), found(DEEP, "price")),
    )
    assert promised(tmp_path, *cases) == [(DEEP, 3, DEEP)]


@pytest.mark.parametrize(
    "findings",
    [
        (found(ONE_OF),),
        (found(ONE_OF), found(OTHER, "height")),  # of another message
        (found(ONE_OF, "a"), found(DEEP, "b", "price")),  # of another value
        (found(ONE_OF, drift="as a: price missing; as b: name missing"), found(DEEP, "price")),
        (found(ONE_OF), found(NESTED, "price")),
    ],
)
def test_else_it_is_a_promise_of_its_own(tmp_path: Path, findings: tuple[Finding, ...]) -> None:
    """Nothing is hidden behind what it does not come from."""
    assert promised(tmp_path, findings) == [(ONE_OF, 1, ONE_OF)]


def test_a_case_about_the_alternatives_alone(tmp_path: Path) -> None:
    """What it saw is the one reason that another case saw; of two reasons nobody knows which it was."""
    alone, seen = (found(ONE_OF),), (found(DEEP, "price"), found(ONE_OF))
    assert promised(tmp_path / "one", alone, seen) == [(DEEP, 2, DEEP)]
    tied = (found(ONE_OF, drift="as a: price missing; as b: name missing"),)
    assert promised(tmp_path / "tied", tied, seen) == [(ONE_OF, 1, ONE_OF), (DEEP, 1, DEEP)]
    other = (found("tide/Level/1/price/type", "price"),)
    assert (ONE_OF, 1, ONE_OF) in promised(tmp_path / "two", alone, seen, other)
