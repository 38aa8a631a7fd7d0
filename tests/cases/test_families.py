"""Each family's rules, on an invented service."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.case import Case
from conformance.cases.stated import as_stated
from conformance.cases.steps import (
    As,
    Close,
    Condition,
    Connect,
    Disconnect,
    Expect,
    Ping,
    Saved,
    Send,
    Silence,
)
from conformance.contract import load
from conformance.documents.find import Sources
from conformance.payloads import Hole
from tests.cases.library import Document, Library, without


def sends(case: Case) -> list[Send]:
    return [step for step in case.steps if isinstance(step, Send)]


def expects(case: Case) -> list[Expect]:
    return [step for step in case.steps if isinstance(step, Expect)]


def code(expect: Expect) -> object:
    return next((each.value for each in expect.where), None)


# -- transport --------------------------------------------------------------------------------------


def test_malformed_frames_are_refused_and_the_connection_answers_on(library: Library) -> None:
    """A malformed frame gets the documented code, uncorrelated, and then a probe is answered."""
    case = library.case("library/transport/malformed/duplicate-key")
    raw, probe = sends(case)
    refusal, answer = expects(case)
    assert raw.raw == b"\x82\xa2op\xa4look\xa2op\xa4look"
    assert refusal.messages == ("No",)
    assert refusal.where == (Condition("/why", "eq", "gibberish"),)
    assert not refusal.correlated
    assert probe.operation == "look"
    assert answer.messages == ("Shelf",)
    assert case.clauses == ("library/refusals/malformed",)


def test_json_in_a_text_frame_is_malformed(library: Library) -> None:
    """A MessagePack service is not served JSON."""
    (raw, _probe) = sends(library.case("library/transport/malformed/json-text"))
    assert (raw.opcode, raw.raw) == ("text", b'{"op":"look"}')


def test_sizes_stand_on_both_sides_of_the_limit(library: Library) -> None:
    """The largest message is exactly at the limit, the oversize one is one byte more."""
    largest = library.case("library/transport/largest-message")
    oversize = library.case("library/transport/oversize-message")
    assert [len(sends(each)[0].raw or b"") for each in (largest, oversize)] == [1024, 1025]
    assert [step.codes for step in oversize.steps if isinstance(step, Close)] == [(1009,)]


def test_pings_carry_nothing_and_as_much_as_may_be(library: Library) -> None:
    """RFC 6455, 5.5: control frames carry at most 125 bytes."""
    cases = [library.case(f"library/transport/ping/{name}") for name in ("empty", "longest")]
    pings = [step for case in cases for step in case.steps if isinstance(step, Ping)]
    assert [len(ping.data) for ping in pings] == [0, 125]


def test_our_close_is_answered(library: Library) -> None:
    """The closing handshake has two sides."""
    assert isinstance(library.case("library/transport/close-answered").steps[-1], Disconnect)


def test_wire_promises_are_red_alone(library: Library) -> None:
    """One focused case for each promise about every frame."""
    names = ("binary", "one-object", "unique-keys", "decodable", "known-message")
    cases = [library.case(f"library/transport/wire/{name}") for name in names]
    assert [case.clauses for case in cases] == [(f"library/wire/{name}",) for name in names]
    assert all(case.focused for case in cases)


def test_a_json_service_gets_json_faults(tmp_path: Path) -> None:
    """Malformed frames follow the content type."""

    def change(made: Document) -> None:
        made["defaultContentType"] = "application/json"

    ids = Library(tmp_path, change).ids("transport")
    assert "library/transport/malformed/not-json" in ids
    assert "library/transport/malformed/reserved-byte" not in ids
    assert not [each for each in Library(tmp_path, change).ids() if each.endswith("-as-bin")]


# -- auth -------------------------------------------------------------------------------------------


def test_a_deadline_has_a_window(library: Library) -> None:
    """Refusal and Close come neither early nor late, counted from the connection."""
    case = library.case("library/auth/deadline/entry/closes")
    refusal, close = case.steps[-2:]
    assert isinstance(refusal, Expect)
    assert isinstance(close, Close)
    for step in (refusal, close):
        assert (step.not_before_ms, step.within_ms, step.since) == (4000, 4500, "connected")
    assert close.codes == (4001,)
    assert set(case.clauses) == {f"library/deadlines/entry/{name}" for name in ("error", "early", "close")}


def test_interruptions_could_be_told_from_a_restart(library: Library) -> None:
    """What must not restart the clock happens so late that a restarted one would end after the window."""
    for name in ("read", "failed-card"):
        case = library.case(f"library/auth/deadline/entry/not-put-off-by-{name}")
        (pause,) = (step for step in case.steps if isinstance(step, Silence))
        assert pause.for_ms + 4000 > 4500
        assert pause.for_ms < 4000


def test_a_deadline_too_short_to_interrupt_is_not(tmp_path: Path) -> None:
    """Where no moment would tell a restart from lateness there is no case."""

    def change(made: Document) -> None:
        made["x-conformance"]["deadlines"][0]["after_ms"] = 500

    ids = Library(tmp_path, change).ids("auth")
    assert "library/auth/deadline/entry/closes" in ids
    assert not [each for each in ids if "not-put-off" in each]


def test_wrong_credentials_are_wrong_only_as_credentials(tmp_path: Path, library: Library) -> None:
    """A string that the schema refuses first is no wrong credential."""

    def change(made: Document) -> None:
        made["components"]["messages"]["Enter"]["payload"]["properties"]["card"]["minLength"] = 2

    assert "library/auth/card/wrong-empty" in library.ids()
    ids = Library(tmp_path, change).ids()
    assert "library/auth/card/wrong-empty" not in ids
    assert "library/auth/card/wrong-blank" not in ids
    assert "library/auth/card/wrong-never-issued" in ids


def test_a_valid_credential_is_the_users(library: Library) -> None:
    """The command holds a hole, and the step says whose credential fills it."""
    (send,) = sends(library.case("library/auth/card/accepted"))
    assert isinstance(send.payload, dict)
    assert send.payload["card"] == Hole("credential", "card", words=("card",))
    assert send.who == As(("card",))


def test_permissions_are_tested_with_a_credential_that_lacks_them(library: Library) -> None:
    """Who may not do it is somebody, with another permission."""
    case = library.case("library/auth/borrow/without-lend")
    assert case.needs.who == (As(("card",), lacks=frozenset(("lend",))),)
    assert code(expects(case)[0]) == "never"


def test_before_authentication_nothing_is_made(library: Library) -> None:
    """A command that is refused for want of authentication gets well-formed values, not real ones."""
    case = library.case("library/auth/return/unauthenticated")
    assert [step.operation for step in sends(case)] == ["return", "look"]
    assert code(expects(case)[0]) == "who"
    assert case.needs.trading


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
    assert [each.optional for each in events] == [True, True, True]
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
