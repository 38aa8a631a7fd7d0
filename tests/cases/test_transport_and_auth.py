"""Transport and authentication: each family's rules, on an invented service."""

from __future__ import annotations

from pathlib import Path

from conformance.cases.steps import (
    As,
    Close,
    Condition,
    Disconnect,
    Expect,
    Idle,
    Ping,
)
from conformance.payloads import Hole
from tests.cases.library import Document, Library, code, expects, sends

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
        (pause,) = (step for step in case.steps if isinstance(step, Idle))
        assert pause.for_ms + 4000 > 4500
        (reply,) = (step for step in case.steps if isinstance(step, Expect) and step.reply_to is not None)
        assert pause.for_ms + reply.within_ms < 4000
        assert not reply.optional


def test_an_interruption_need_not_be_answered_when_there_is_no_time(tmp_path: Path) -> None:
    """The connection may end before the reply has to come: both are as documented."""

    def change(made: Document) -> None:
        made["x-conformance"]["deadlines"][0]["after_ms"] = 1500

    case = Library(tmp_path, change).case("library/auth/deadline/entry/not-put-off-by-read")
    (reply,) = (step for step in case.steps if isinstance(step, Expect) and step.reply_to is not None)
    assert reply.optional


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


def test_who_is_looked_at_before_what(tmp_path: Path, library: Library) -> None:
    """A broken command of somebody unknown is refused for who sent it, where the document says so."""
    case = library.case("library/auth/borrow/unauthenticated-before-invalid")
    assert code(expects(case)[0]) == "who"
    assert "library/auth/borrow/forbidden-before-invalid" in library.ids()

    def change(made: Document) -> None:
        del made["x-conformance"]["refusals"]["order"]

    assert not [each for each in Library(tmp_path, change).ids() if each.endswith("-before-invalid")]
