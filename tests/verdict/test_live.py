"""Judging while receiving says what judging the stored transcript says, and keeps little of what it saw."""

from __future__ import annotations

import random

import pytest

from conformance.cases.reading import Reader, Seen
from conformance.validation import Finding
from conformance.verdict import live as module
from conformance.verdict.frames import FrameJudge
from conformance.verdict.live import LAST, MOST_TOLD, Desk, Live
from conformance.verdict.streams import StreamJudge

from .stage import library

SERVICE = library().services["library"]
READER = Reader(SERVICE)
CODEC = READER.codec_for("")


def desk() -> Desk:
    return Desk(READER, FrameJudge(SERVICE, library().clauses))


def messages(count: int, faulty: bool = True) -> list[bytes]:
    """A shelf's stream; some of it wrong in its bytes, its schema, its rules, its place."""
    choice = random.Random(4)
    made = [CODEC.encode(["watching", "a"]), CODEC.encode(["shelf", "a", 1, ["x"]])]
    for number in range(2, count):
        value: list[object] = ["moved", "a", number, 1000 + number]
        data = CODEC.encode(value)
        if faulty and choice.random() < 0.3:
            data = choice.choice(
                [
                    data + b"\xc0",
                    data if number < count // 2 else data[:-1],  # behind it nobody knows the stream
                    CODEC.encode([*value, 1]),
                    CODEC.encode(["moved", "a", number + 5, 1000 + number]),
                    CODEC.encode(["moved", "a", number, 1]),
                    CODEC.encode(["moved", "b", number, 1000 + number]),
                    data if number < count // 2 else CODEC.encode(["hm"]),
                ]
            )
        made.append(data)
    return made


def stored(frames: list[bytes]) -> tuple[list[Finding], set[str]]:
    """The same judges over all that was received, afterwards, one after the other."""
    judge = FrameJudge(SERVICE, library().clauses)
    streams = StreamJudge(SERVICE, judge)
    found: list[Finding] = []
    exercised: set[str] = set()
    for number, data in enumerate(frames):
        seen: Seen = READER.read(number, number, "binary", data)
        findings, clauses = judge.judge(seen)
        streams.seen(seen, findings)
        found += [*findings, *streams.findings]
        streams.findings.clear()
        exercised |= clauses
    return found, exercised | streams.exercised


@pytest.mark.parametrize("faulty", [False, True])
def test_as_the_stored_transcript_is_judged(faulty: bool) -> None:
    """The same findings about the same messages, in order as far as they are kept, and the same clauses."""
    frames = messages(600, faulty)
    live = Live(desk())
    for number, data in enumerate(frames):
        live.take(number, number, "binary", data)
    found, exercised = stored(frames)
    assert bool(found) is faulty
    assert live.judged == 600
    assert live.exercised == exercised - {""}
    assert sum(live.broken.values()) == len(found)
    assert [(each.clause, each.where, each.seen) for each, _ in live.told] == [
        (each.clause, each.where, each.seen) for each in found[:MOST_TOLD]
    ]
    assert all(frames[each.entry or 0] == data for each, data in live.told)
    assert len(live.told) == min(len(found), MOST_TOLD)
    assert [data for *_, data in live.last] == frames[-LAST:]


def test_what_many_sessions_are_sent_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes at ten sessions are read once; each session's streams are its own."""
    frames = messages(300, faulty=False)
    shared = desk()
    read: list[bytes] = []
    plain = READER.read

    def counting(number: int, at: int, opcode: str, data: bytes) -> Seen:
        read.append(data)
        return plain(number, at, opcode, data)

    monkeypatch.setattr(shared.reader, "read", counting)
    lives = [Live(shared) for _ in range(10)]
    for number, data in enumerate(frames):
        for index, live in enumerate(lives):
            if index or number != 150:  # one session misses one message
                live.take(number, number, "binary", data)
    assert len(read) == len(set(frames))
    assert [sum(live.broken.values()) for live in lives] == [1] + 9 * [0]
    assert lives[0].told[0][0].entry == 151


def test_memory_of_the_desk_is_bounded() -> None:
    """However many messages there are, and however long: a few of the short ones are remembered."""
    shared = desk()
    shared.sessions = 2
    for number in range(3 * module.REMEMBERED):
        shared.judged(number, 0, "binary", CODEC.encode(["shelf", "a", number, ["x"]]))
    shared.judged(0, 0, "binary", CODEC.encode(["shelf", "a", 1, ["x" * module.LONGEST]]))
    kept = {**shared._old, **shared._new}
    assert len(kept) <= 2 * module.REMEMBERED
    assert max(len(data) for _, data in kept) <= module.LONGEST


def test_streams_without_end_are_not_followed_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that makes up stream after stream fills no memory, and no message of it counts as judged."""
    monkeypatch.setattr(module, "MOST_STREAMS", 20)
    live = Live(desk())
    for number in range(100):
        live.take(number, number, "binary", CODEC.encode(["watching", f"shelf {number}"]))
    assert live.overrun
    assert (live.judged, live.unjudged) == (21, 79)
