"""Commands, layouts, streams, and what a target states: each family's rules, on an invented service."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.stated import as_stated
from conformance.cases.steps import As, Condition, Connect, Saved, Silence
from conformance.cases.streams import EVENTS
from conformance.contract import load
from conformance.documents.find import Sources
from tests.cases.library import Library, code, expects, sends, without

# -- commands ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "wanted", "correlated"),
    [
        ("look/missing-shelf", "wrong", True),
        ("look/shelf-as-int", "wrong", True),
        ("look/ref-as-str", "wrong", False),
        ("look/missing-ref", "wrong", False),
        ("look/missing-op", "gibberish", False),
        ("look/op-as-int", "gibberish", False),
        ("look/op-unknown", "what", False),
        ("look/as-array", "gibberish", False),
    ],
)
def test_broken_commands_are_refused_for_their_fault(
    library: Library, words: str, wanted: str, correlated: bool
) -> None:
    """No command, an unknown one and a broken one are three things; an intact id is echoed."""
    case = library.case(f"library/commands/{words}")
    (refusal,) = expects(case)
    assert (code(refusal), refusal.correlated) == (wanted, correlated)
    assert case.clauses[0].startswith("library/")
    assert refusal.clause == case.clauses[0]


def test_broken_guarded_commands_come_from_somebody_entitled(library: Library) -> None:
    """Otherwise they would be refused for want of authentication."""
    (connect,) = (
        step
        for step in library.case("library/commands/borrow/book-as-int").steps
        if isinstance(step, Connect)
    )
    assert connect.who == As(("card",), frozenset(("lend",)))


def test_the_accepted_case_claims_all_that_the_reply_promises(library: Library) -> None:
    """Reply, correlation, time, and every clause of the reply's schema."""
    claimed = set(library.case("library/commands/borrow/accepted").clauses)
    wanted = {"library/borrow/reply", "library/borrow/correlation", "library/borrow/within"}
    assert wanted | {"library/Lent/loan/type", "library/Lent/op/const"} <= claimed


def test_an_end_is_preceded_by_its_beginning(library: Library) -> None:
    """Ending a stream is accepted only where it was begun."""
    assert [step.operation for step in sends(library.case("library/commands/forget/accepted"))] == [
        "follow",
        "forget",
    ]


# -- layouts ----------------------------------------------------------------------------------------


def test_each_position_is_red_alone(library: Library) -> None:
    """Positions of arrays have a case each, however deep; the shape of each array too, and the mark."""
    ids = [each for each in library.ids("layouts") if "/Event/" in each]
    assert [each.removeprefix("library/layouts/Event/") for each in ids] == [
        "shape", "mark", "id", "number", "entries/shape", "entries/each/shape", "entries/each/who",
        "entries/each/when",
    ]  # fmt: skip
    assert all(library.case(each).focused for each in ids)


def test_positions_claim_their_own_clauses_alone(library: Library) -> None:
    """No clause is claimed by two positions, and all are claimed."""
    cases = [case for case in library.catalogue.cases if case.id.startswith("library/layouts/Event/")]
    claimed = [clause for case in cases for clause in case.clauses]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) == {each for each in library.contract.clauses if each.startswith("library/Event/")}


def test_maps_have_a_case_a_field(library: Library) -> None:
    """A field of a map stands for all that is in it."""
    ids = [each for each in library.ids("layouts") if "/Shelf/" in each]
    assert [each.rsplit("/", 1)[-1] for each in ids] == ["shape", "mark", "ref", "books"]


# -- streams ----------------------------------------------------------------------------------------


def test_a_snapshot_is_awaited_and_an_event_only_hoped_for(library: Library) -> None:
    """What is promised must come; what nobody causes may not come, and then proves nothing."""
    case = library.case("library/streams/queue/sequence")
    acknowledgement, snapshot, *events = expects(case)
    assert acknowledgement.save == {"main.stream": "/1"}
    assert (snapshot.optional, snapshot.within_ms) == (False, 700)
    assert [each.optional for each in events] == [True] * EVENTS
    assert snapshot.where == (Condition("/1", "eq", Saved("main.stream")),)


def test_a_stream_without_snapshot_is_asked_for_none(library: Library) -> None:
    """No snapshot in the document: no snapshot case."""
    assert "library/streams/news/snapshot-first" not in library.ids()
    assert "library/streams/queue/snapshot-first" in library.ids()


def test_silence_has_a_witness(library: Library) -> None:
    """Another session sees the event that must not arrive here."""
    silence = library.case("library/streams/news/silent-after-unsubscribe").steps[-1]
    assert isinstance(silence, Silence)
    assert (silence.session, silence.witness, silence.messages) == ("main", "witness", ("Event",))


def test_streams_need_their_rules(tmp_path: Path) -> None:
    """Without the extension nobody knows what a stream is."""
    assert Library(tmp_path, without("streams")).ids("streams") == []


# -- what a target states ---------------------------------------------------------------------------


def test_a_target_may_state_another_deadline(library: Library) -> None:
    """The window of the case is that of the target."""
    stated = as_stated(library.contract, {"entry": 2000}, {})
    assert [each.after_ms for each in stated.services["library"].rules.deadlines] == [2000]
    assert as_stated(library.contract, {}, {}) is library.contract


def test_a_target_may_state_another_minimum(tmp_path: Path) -> None:
    """Values that the target says it takes are not expected to be refused."""
    Library(tmp_path)
    contract = load(Sources(asyncapi=((None, tmp_path / "library.yaml"),)))
    stated = as_stated(contract, {}, {"ref": 7})
    schema = stated.services["library"].messages["Look"].payload
    assert schema.properties["ref"].values["minimum"] == 7
    untouched = stated.services["library"].messages["Shelf"].payload
    assert untouched.properties["ref"].values["minimum"] == 0
