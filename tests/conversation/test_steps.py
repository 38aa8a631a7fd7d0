"""Each kind of step over a real socket: kept by a good desk, caught at a bad one, the same when stored."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from conformance.cases.case import Case
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
    Step,
)
from conformance.verdict import Blame, Outcome
from tests.run.desk import (
    CARD,
    Answer,
    Command,
    Desk,
    Line,
    lend,
    lending,
    lent,
    nothing,
    play,
    tried,
    verdict,
    watch,
)
from tests.verdict.stage import LENT, case

STREAM = "library/streams/shelf/"
WATCHED = Expect("main", ("watching",), "library/watch/reply", reply_to=1, within_ms=300)


async def close_4000(line: Line, command: Command) -> None:
    await line.socket.close(4000, "enough")


async def twice(line: Line, command: Command) -> None:
    for _ in range(2):
        await line.say({"type": "lent", "id": command["id"], "fee": "10"})


async def late(line: Line, command: Command) -> None:
    await asyncio.sleep(0.5)
    await line.say({"type": "lent", "id": command["id"], "fee": "10"})


async def other_id(line: Line, command: Command) -> None:
    await line.say({"type": "lent", "id": command["id"] + 1000, "fee": "10"})


async def nil_id(line: Line, command: Command) -> None:
    await line.say({"type": "denied", "id": None, "why": "wrong"})


async def garbage(line: Line, command: Command) -> None:
    await line.raw(b"\xc1\xc1")


async def text(line: Line, command: Command) -> None:
    await line.raw("lent")


def quick() -> Case:
    """Lends with a promise of 50 ms."""
    return case(
        Connect("main", "library"), lend(), lent(1, within_ms=50), clauses=(LENT, "library/lend/within")
    )


@pytest.mark.parametrize(
    ("answer", "clause", "words"),
    [
        (twice, "library/lend/reply", "exactly one reply"),
        (other_id, "library/lend/correlation", "as in the command"),
        (nil_id, "library/lend/reply", "expected lent, got denied 'wrong'"),
        (late, "library/lend/within", "expected within 50 ms, got after 5"),
        (nothing, "library/lend/reply", "expected lent within 50 ms, got nothing"),
        (close_4000, "library/lend/reply", "a close with 4000"),
        (garbage, "library/wire/decodable", "byte 0"),
        (text, "library/wire/binary", "expected a binary frame"),
    ],
)
def test_a_bad_reply_is_caught(answer: Answer, clause: str, words: str) -> None:
    """Late, never, twice, with another's id, unreadable: each by its own clause, and in true words."""
    made = tried(quick(), lend=answer)
    assert (made.outcome, made.blame) == (Outcome.FAILED, Blame.TARGET)
    sentences = {finding.clause: str(finding) for finding in made.findings}
    assert words in sentences.get(clause, ""), sentences


def test_a_good_desk_passes() -> None:
    """Asked once, answered once."""
    assert tried(lending()).outcome is Outcome.PASSED


def test_what_was_never_saved_is_not_the_targets_fault() -> None:
    """Our own closing, behind the last step, is not mistaken for the target's."""
    one = lending("saved", Send("main", "watch", {"type": "watch", "shelf": Saved("nothing")}))
    made = tried(one)
    assert (made.outcome, made.reason) == (Outcome.SKIPPED, "nothing was saved as nothing")


def test_an_open_connection_is_told_as_such() -> None:
    """A close that never came is not told by the code of our own Close."""
    one = case(
        Connect("main", "library"), Close("main", (), "library/lend/reply", within_ms=50), clauses=(LENT,)
    )
    made = tried(one)
    assert "expected a close with any code within 50 ms, got an open connection" in made.reason
    assert tried(one, hello=close_4000).outcome is Outcome.PASSED
    wrong = replace(one, steps=(one.steps[0], Close("main", (1008,), LENT, within_ms=50)))
    assert "got a close with 4000 ('enough')" in tried(wrong, hello=close_4000).reason


def test_pings_are_answered() -> None:
    """RFC 6455, 5.5.3, live."""
    one = case(
        Connect("main", "library"),
        Ping("main", b"abc", "library/transport/ping"),
        clauses=("library/transport/ping",),
    )
    assert tried(one).outcome is Outcome.PASSED


def test_our_close_is_answered() -> None:
    """A case about the transport holds the answer to our Close against the document."""
    upgrade = "library/transport/upgrade"
    one = case(Connect("main", "library", clause=upgrade), Disconnect("main"), clauses=(upgrade,))
    assert tried(one).outcome is Outcome.PASSED

    async def deaf(line: Line, command: Command) -> None:
        line.socket.transport.pause_reading()

    made = tried(one, hello=deaf)
    assert made.reason.startswith("close: expected a Close frame in answer to ours, got none")


def test_a_session_authenticates_and_its_secret_stays_out_of_the_marks() -> None:
    """Marks hold the label of a credential, never its value."""
    one = case(Connect("main", "library", As(("card",))), lend(), lent(1), clauses=(LENT,))

    async def main() -> None:
        async with Desk() as desk:
            transcript = await play(one, desk, credentials=(CARD,))
            assert verdict(one, transcript).outcome is Outcome.PASSED
            marks = [entry for entry in transcript.entries if not hasattr(entry, "opcode")]
            assert CARD.value not in repr(marks)
            assert [mark.data["label"] for mark in transcript.marks("credential")] == ["reader"]
            bad = replace(CARD, value="wrong")
            made = verdict(one, await play(one, desk, credentials=(bad,)))
            assert (made.outcome, made.blame) == (Outcome.BROKEN, Blame.ENVIRONMENT)
            assert made.reason == "the target refused the credential reader (stranger)"

    asyncio.run(main())


def test_a_scheme_that_no_command_carries_is_told() -> None:
    """A credential that no document says how to use skips the case with that reason."""
    one = case(Connect("main", "library", As(("badge",))), lend(), lent(1), clauses=(LENT,))

    async def main() -> None:
        async with Desk() as desk:
            made = verdict(one, await play(one, desk, credentials=(replace(CARD, scheme="badge"),)))
            assert made.outcome is Outcome.SKIPPED
            assert made.reason == "no document says which command carries a credential for badge"

    asyncio.run(main())


def test_a_stream_that_comes_in_one_piece_is_in_order() -> None:
    """Acknowledgement, snapshot and events in one write are as good as one by one."""
    moved = Expect("main", ("moved",), STREAM + "sequence", within_ms=300)
    one = case(Connect("main", "library"), watch(), WATCHED, moved, clauses=(STREAM + "sequence",))
    assert tried(one).outcome is Outcome.PASSED


def silent(witness: str = "") -> Case:
    """An ended stream is silent."""
    over = Expect("main", ("unwatched",), "library/unwatch/reply", reply_to=3, within_ms=300)
    ended = (Send("main", "unwatch", {"type": "unwatch", "shelf": "A"}), over)
    hush = Silence("main", ("moved",), STREAM + "silent-after-unsubscribe", for_ms=50, witness=witness)
    steps: tuple[Step, ...] = (Connect("main", "library"), watch(), WATCHED, *ended, hush)
    if witness:
        steps = (*steps[:-1], Connect(witness, "library"), watch("B", witness), replace(hush, witness_ms=400))
    return case(*steps, clauses=(STREAM + "silent-after-unsubscribe",))


async def leaks(line: Line, command: Command) -> None:
    """An event of the ended stream, sent in answer to the probe, just before its reply."""
    await line.say(["moved", "A", 3, 6], {"type": "lent", "id": command["id"], "fee": "10"})


def test_silence_holds_until_the_barrier_is_answered() -> None:
    """What leaks behind the witness, but before the probe's answer, breaks the silence."""
    assert tried(silent("other")).outcome is Outcome.PASSED
    made = tried(silent("other"), lend=leaks)
    assert STREAM + "silent-after-unsubscribe" in [finding.clause for finding in made.findings]
    assert any("expected no moved, got moved" in str(finding) for finding in made.findings)


def test_silence_without_a_stimulus_proves_nothing() -> None:
    """A witness that saw nothing: skipped, with the reason."""

    async def mute(line: Line, command: Command) -> None:
        await line.say(["watching", command["shelf"]])

    made = tried(silent("other"), watch=mute)
    assert (made.outcome, made.reason) == (Outcome.SKIPPED, "no stimulus: the witness saw no moved")


def test_a_conditional_event_is_picked_among_others() -> None:
    """``where`` selects events; the ones that do not fit stay for other steps."""
    where = (Condition("/2", "eq", 2),)
    moved = Expect("main", ("moved",), STREAM + "sequence", where=where, within_ms=300)
    one = case(Connect("main", "library"), watch(), WATCHED, moved, clauses=(STREAM + "sequence",))
    assert tried(one).outcome is Outcome.PASSED
    none = replace(moved, where=(Condition("/2", "eq", 9),), within_ms=20)
    made = tried(replace(one, steps=(*one.steps[:-1], none)))
    assert "expected moved with /2 9 within 20 ms, got nothing but 2 other messages" in made.reason
