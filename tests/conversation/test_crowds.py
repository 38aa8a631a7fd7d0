"""Crowds over real sockets: what all see alike is green, what one sees otherwise is red, live and stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import msgpack
import pytest

from conformance.cases.case import Case
from conformance.cases.steps import Compare, Gather
from conformance.conversation import Conversation, chorus
from conformance.conversation import crowd as crowd_module
from conformance.conversation.chorus import WIDTH, Chorus, Part
from conformance.transcript import Frame, Mark, Transcript
from conformance.verdict import Blame, Outcome, Verdict
from tests.run.desk import Answer, Command, Desk, Line, around, contract, judge, nothing, target, verdict
from tests.verdict.stage import case

ALIKE = "library/streams/shelf/snapshot-first"
LOST = "library/streams/shelf/sequence"
SPREAD = "library/streams/shelf/acknowledged-first"
REPLY = "library/watch/reply"
WATCH, UNWATCH = {"type": "watch", "shelf": "A"}, {"type": "unwatch", "shelf": "A"}
GATHER = Gather("crowd", "library", 5, "shelf", "watch", WATCH, REPLY, 5000)
COMPARE = Compare("crowd", ALIKE, LOST, 4, 2000, 100)
SHORT = replace(COMPARE, for_ms=300)


def crowd(gather: Gather = GATHER, compare: Compare = COMPARE) -> Case:
    """A case of a crowd."""
    return case(gather, compare, clauses=(ALIKE, LOST, SPREAD, REPLY))


async def played(one: Case, desk: Desk) -> Transcript:
    """Plays it with judges that listen."""
    return await Conversation(one, around(target(desk), ears=judge().ears, connect_timeout_s=20)).play()


def tried(one: Case, **answers: Answer) -> tuple[Verdict, Transcript]:
    """The verdict on a case at a desk with these answers, live and as it was stored."""

    async def main() -> Transcript:
        async with Desk(**answers) as desk:
            return await played(one, desk)

    transcript = asyncio.run(main())
    return verdict(one, transcript), transcript


def moved(number: int, at: int = 0) -> list[object]:
    return ["moved", "A", number, at or number]


def events(line: Line, count: int = 4, base: int = 1) -> list[object]:
    """What a subscriber is told: each has joined a little later than the one before."""
    joined = base + line.number % 3
    return [["watching", "A"], ["shelf", "A", joined, []], *(map(moved, range(joined + 1, base + count + 3)))]


def telling(alter: Callable[[int, list[object]], list[object]] = lambda number, told: told) -> Answer:
    """An answer to who subscribes; ``alter`` changes what the subscriber of that number is told."""

    async def watch(line: Line, command: Command) -> None:
        for each in alter(line.number, events(line)):
            await (line.raw(each) if isinstance(each, bytes) else line.say(each))

    return watch


def test_a_crowd_that_sees_the_same_is_green() -> None:
    """Whoever joined when: what all have seen is the same, and each has come as far as the first."""
    told, transcript = tried(crowd(), watch=telling())
    assert told.outcome is Outcome.PASSED, told.reason
    assert {ALIKE, LOST} <= told.exercised
    parts = list(transcript.marks("followed"))
    assert len(parts) == 5
    digests = [dict(mark.data["digests"]) for mark in parts]  # type: ignore[call-overload]
    assert all(each == digests[0] for each in digests)
    assert max(digests[0]) == 7
    (compared,) = transcript.marks("compared")
    assert compared.data["received"] == compared.data["judged"]
    assert told.messages > compared.data["received"]  # type: ignore[operator]


def other_bytes(number: int, told: list[object]) -> list[object]:
    """The same values, one number in more bytes than it needs."""
    if number != 3:
        return told
    packed = [msgpack.packb(each) for each in told]
    wide = b"\x94" + b"".join(map(msgpack.packb, ("moved", "A"))) + b"\xcd\x00\x05" + msgpack.packb(5)
    return [wide if each == msgpack.packb(moved(5)) else each for each in packed]


def test_other_bytes_of_one_number_are_told_with_both() -> None:
    """The values are the same: only the bytes tell. Both messages are in the transcript."""
    told, transcript = tried(crowd(), watch=telling(other_bytes))
    assert told.outcome is Outcome.FAILED
    finding = told.findings[0]
    assert finding.clause == ALIKE
    assert "other bytes of number 5: " in finding.seen
    (mark,) = transcript.marks("deviates")
    place = transcript.entries.index(mark)
    theirs, mine = (each.data for each in transcript.entries[place - 2 : place] if isinstance(each, Frame))
    assert msgpack.unpackb(mine) == msgpack.unpackb(theirs)
    assert mine != theirs
    assert finding.entry == place - 1


def twice(number: int, told: list[object]) -> list[object]:
    return [*told[:4], told[3], *told[4:]] if number == 2 else told


def gap(number: int, told: list[object]) -> list[object]:
    return [*told[:3], *told[4:]] if number == 2 else told


def swapped(number: int, told: list[object]) -> list[object]:
    return [*told[:3], told[4], told[3], *told[5:]] if number == 2 else told


@pytest.mark.parametrize("alter", [twice, gap, swapped])
def test_twice_left_out_or_out_of_order_is_told_by_the_sequence(
    alter: Callable[[int, list[object]], list[object]],
) -> None:
    """One of five is enough, and its message is shown."""
    told, _ = tried(crowd(), watch=telling(alter))
    assert told.outcome is Outcome.FAILED
    finding = told.findings[0]
    assert finding.clause == LOST
    assert finding.entry is not None


def forgotten(number: int, told: list[object]) -> list[object]:
    return told[:4] if number == 2 else told


def test_who_is_told_no_more_is_told_of() -> None:
    """No gap shows it: the others have come further, and it was waited for."""
    told, _ = tried(crowd(compare=SHORT), watch=telling(forgotten))
    assert told.outcome is Outcome.FAILED
    (finding,) = told.findings
    assert finding.clause == LOST
    assert finding.expected == "number 7 of A within 100 ms, as others were sent it"
    assert finding.seen.startswith("none behind number ")


def test_a_crowd_that_is_told_nothing_is_not_green() -> None:
    """Snapshots alone prove nothing."""
    told, _ = tried(crowd(compare=replace(COMPARE, for_ms=50)), watch=telling(lambda _, told: told[:1]))
    assert told.outcome is Outcome.SKIPPED
    assert "sent nothing that these clauses speak about" in told.reason


def test_who_is_not_acknowledged_is_told_of() -> None:
    """By the clause of the command that begins the stream."""

    async def some(line: Line, command: Command) -> None:
        await (nothing if line.number == 4 else telling())(line, command)

    told, _ = tried(crowd(replace(GATHER, within_ms=100)), watch=some)
    assert told.outcome is Outcome.FAILED
    assert [finding.clause for finding in told.findings] == [REPLY]


def test_who_is_closed_is_told_of() -> None:
    """With its code, whatever the others were told."""

    async def closing(line: Line, command: Command) -> None:
        await telling()(line, command)
        if line.number == 2:
            await line.socket.close(1011, "no more")

    told, _ = tried(crowd(compare=replace(COMPARE, events=9, for_ms=500)), watch=closing)
    assert told.outcome is Outcome.FAILED
    assert told.findings[0].seen == "a close with 1011 ('no more')"


def test_what_breaks_a_schema_is_judged_as_it_comes() -> None:
    """The first finding of each clause is told, with how many more there were."""
    told, _ = tried(crowd(), watch=telling(lambda _, told: [*told[:4], ["moved", "A", "five", 5], *told[4:]]))
    assert told.outcome is Outcome.FAILED
    (finding,) = [each for each in told.findings if each.clause == "library/moved/number/type"]
    assert finding.seen.endswith("(and 4 more)")


def slow(transcript: Transcript) -> Transcript:
    """The same, where we had stopped reading."""
    entries = tuple(
        replace(each, data={**each.data, "stops": 1, "stopped_ms": 300.0})
        if isinstance(each, Mark) and each.kind == "compared"
        else each
        for each in transcript.entries
    )
    return replace(transcript, entries=entries)


def test_a_slow_suite_judges_nothing_but_what_is_evident() -> None:
    """What did not come in time is ours then; other bytes are the target's all the same."""
    one = crowd(compare=SHORT)
    _, lost = tried(one, watch=telling(forgotten))
    told = judge().judge(one, slow(lost))
    assert (told.outcome, told.blame) == (Outcome.BROKEN, Blame.SUITE)
    assert "did not keep up" in told.reason
    _, other = tried(one, watch=telling(other_bytes))
    assert judge().judge(one, slow(other)).outcome is Outcome.FAILED


def delayed(seconds: float) -> Answer:
    """The stream goes on for a fresh subscriber at once, for those who listen only later."""
    lines: list[Line] = []
    begun = asyncio.Event()

    async def watch(line: Line, command: Command) -> None:
        lines.append(line)
        number = 1 if len(lines) <= 5 else 3
        await line.say(["watching", "A"], ["shelf", "A", number, []])
        if len(lines) == 6:
            begun.set()
        if number == 1:
            await begun.wait()
            await asyncio.sleep(seconds)
            await line.say(moved(2), moved(3), moved(4), moved(5))

    return watch


@pytest.mark.parametrize(("seconds", "outcome"), [(0.0, Outcome.PASSED), (0.6, Outcome.FAILED)])
def test_a_fresh_snapshot_witnesses_how_far_the_stream_has_come(seconds: float, outcome: Outcome) -> None:
    """All of the crowd are late together: only who subscribes anew shows it."""
    gather = replace(GATHER, end=UNWATCH, snapshot_ms=5000)
    compare = replace(COMPARE, spread_clause=SPREAD, lost_clause=ALIKE)
    told, _ = tried(crowd(gather, compare), watch=delayed(seconds))
    assert told.outcome is outcome, told.reason
    if outcome is Outcome.FAILED:
        assert told.findings[0].clause == SPREAD
        assert "number 2 of A within 100 ms of the first who knew of it" in told.findings[0].expected


def test_a_crowd_that_is_cancelled_leaves_nobody_behind() -> None:
    """All connections end with a closing handshake, and the case is skipped."""
    one = crowd(replace(GATHER, count=40), replace(COMPARE, events=99, for_ms=60_000))

    async def main() -> tuple[Transcript, int]:
        async with Desk(watch=telling()) as desk:
            conversation = Conversation(one, around(target(desk), ears=judge().ears, connect_timeout_s=20))
            playing = asyncio.ensure_future(conversation.play())
            async with asyncio.timeout(60):
                await desk.until(40)
            await asyncio.sleep(0.1)
            assert desk.open == 40
            playing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await playing
            await asyncio.sleep(0.05)
            return conversation.transcript, desk.open

    transcript, left = asyncio.run(main())
    assert left == 0
    assert judge().judge(one, transcript).outcome is Outcome.SKIPPED
    assert [mark.data["code"] for mark in transcript.marks("closed")] == [1000] * 40


def test_an_endless_stream_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a crowd may be sent ends it, and nothing is told of what is missing then."""
    monkeypatch.setattr(crowd_module, "BUDGET", 200_000)
    monkeypatch.setattr(crowd_module, "BUDGET_EACH", 0)

    async def endless(line: Line, command: Command) -> None:
        await line.say(["watching", "A"])
        number = 1
        while True:
            await line.say(["shelf", "A", number, ["x" * 1000]])
            number += 1

    told, transcript = tried(crowd(compare=replace(COMPARE, events=9999)), watch=endless)
    assert (told.outcome, told.blame) == (Outcome.BROKEN, Blame.TARGET), told.reason
    assert told.reason == "the target sent more than a conversation may hold"
    assert sum(1 for _ in transcript.marks("flooded")) == 1


def test_what_is_kept_of_a_stream_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much a target sends, to however many, in whatever numbers."""
    monkeypatch.setattr(chorus, "MOST_EVENTS", 50)
    monkeypatch.setattr(chorus, "MOST_NUMBERS", 80)
    service = contract().services["library"]
    assert service.rules.streams is not None
    made = Chorus(service, service.rules.streams.kinds[0])
    parts = [Part(f"s{number}") for number in range(4)]
    for place, part in enumerate(parts):
        base = place * 10_000
        for value in (["watching", "A"], ["shelf", "A", base, []], *map(moved, range(base + 1, base + 2000))):
            made.heard(part, 1, "binary", msgpack.packb(value))
    assert [len(part.digests) for part in parts] == [50 * WIDTH] * 4
    assert len(made._first) == 80
    assert len(made._kept) <= chorus.KEPT
    assert len(made._lines) <= chorus.REMEMBERED
