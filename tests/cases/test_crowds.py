"""Cases of crowds: where a document promises what they ask, and how many subscribe."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.case import Case
from conformance.cases.catalogue import catalogue
from conformance.cases.crowds import MOST, Crowds
from conformance.cases.steps import Compare, Gather, Stall
from conformance.cases.target import Target
from conformance.errors import UsageError
from conformance.fronts.drawing import crowds
from conformance.fronts.options import Wish, repeat_command
from conformance.run.seats import sessions_of
from tests.cases.library import Document, Library


def shared(made: Document) -> None:
    """The change that promises that all see the same."""
    made["x-conformance"]["streams"]["shared"] = True


def patient(made: Document) -> None:
    """The change that promises that a slow reader delays nobody."""
    made["x-conformance"]["limits"] |= {"unread_ms": 300, "spread_ms": 700}
    made["x-conformance"]["close"] |= {"slow_reader": 1013}


def few(made: Document) -> None:
    """The change that promises no more than six connections."""
    made["x-conformance"]["limits"]["connections"] = 6


def of(library: Library, wanted: Crowds) -> list[Case]:
    """The crowds of a library."""
    made = catalogue(library.contract, crowds=wanted).cases
    return [case for case in made if case.id.endswith("/crowd")]


def test_every_numbered_stream_has_a_crowd_where_all_are_to_see_the_same(tmp_path: Path) -> None:
    """It claims both promises, and all its sessions count for the scheduler."""
    library = Library(tmp_path, shared)
    streams = library.contract.services["library"].rules.streams
    assert streams is not None
    numbered = [kind for kind in streams.kinds if "sequence" in kind.clauses]
    made = of(library, Crowds(3))
    assert [case.id for case in made] == [f"library/streams/{kind.name}/crowd" for kind in numbered]
    for case, kind in zip(made, numbered, strict=True):
        assert case.clauses == (kind.clauses["shared"], kind.clauses["sequence"])
        assert case.sessions == 3
        assert sessions_of(case) == {"library": 3}
    assert not of(Library(tmp_path), Crowds(3))


@pytest.mark.parametrize(
    ("wanted", "count"),
    [(Crowds(5), 5), (Crowds(400), 6), (Crowds(400, 40), 40), (Crowds(9000, 9000), MOST), (Crowds(1), 1)],
)
def test_no_more_subscribe_than_connections_are_promised(tmp_path: Path, wanted: Crowds, count: int) -> None:
    """By the document, or by who states more for a target."""
    for case in of(Library(tmp_path, shared, few), wanted):
        (gather,) = (step for step in case.steps if isinstance(step, Gather))
        assert gather.count == count
        assert case.says.startswith(f"{count} subscribers" if count > 1 else "One subscriber")


def test_a_slow_reader_has_others_beside_it_where_they_are_promised_something(tmp_path: Path) -> None:
    """They are gathered before it stops reading, and compared when it is closed; its own asks are others."""
    case = Library(tmp_path, patient).case("library/transport/slow-reader")
    assert "library/limits/spread_ms" in case.clauses
    (gather,) = (step for step in case.steps if isinstance(step, Gather))
    (stall,) = (step for step in case.steps if isinstance(step, Stall))
    compare = case.steps[-1]
    assert isinstance(compare, Compare)
    assert (compare.spread_ms, compare.spread_clause) == (700, "library/limits/spread_ms")
    assert case.steps.index(gather) < case.steps.index(stall)
    assert (gather.command, gather.end) not in stall.asks
    assert gather.names[-1] == "crowd-witness"


def test_as_many_as_were_wished_for_subscribe_to_the_reference() -> None:
    """Elsewhere as many as are promised, or stated."""
    wish = Wish(subscribers=500)
    assert crowds(wish, Target("reference", {}, embedded=True)) == Crowds(500, MOST)
    assert crowds(wish, Target("test", {})) == Crowds(500, 0)
    assert crowds(wish, Target("test", {}, values={"connections": "900"})) == Crowds(500, 900)
    assert crowds(Wish()) == Crowds()
    assert "--subscribers 500" in repeat_command(wish, "x/y")


def test_what_is_no_number_of_subscribers_is_one_sentence() -> None:
    """So many that nobody means it, and a statement that is none."""
    with pytest.raises(UsageError, match="--subscribers must be at most 500, not 501"):
        crowds(Wish(subscribers=501))
    with pytest.raises(UsageError, match="--value connections=many: must be a whole number"):
        crowds(Wish(), Target("test", {}, values={"connections": "many"}))
