"""Streams beside others, judged from transcripts: the target's clock, numbers that last, two subscribers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.cases.abreast import Abreast, Watched
from conformance.cases.case import Case, Family, Needs
from conformance.cases.steps import Connect, Expect, Send, Step
from conformance.contract import Contract, Level, Provenance, load
from conformance.documents.find import find
from conformance.transcript import Direction, Entry, Frame, Mark, Transcript
from conformance.verdict import Blame, Judge, Outcome, Tolerances, Verdict

MS = 1_000_000
DOCUMENT = """\
asyncapi: 3.0.0
info: {title: Taps, version: '1', x-conformance: {name: taps}}
channels:
  c:
    address: /
    messages:
      ask: {payload: {required: [do], properties: {do: {const: open}, tap: {type: string}}}}
      end: {payload: {required: [do], properties: {do: {const: shut}, tap: {type: string}}}}
      time: {payload: {required: [do], properties: {do: {const: time}}}}
      opened: {payload: {items: [{const: opened}, {type: integer}], minItems: 2}}
      shut: {payload: {items: [{const: shut}, {type: integer}], minItems: 2}}
      now: {payload: {items: [{const: now}, {type: integer}], minItems: 2}}
      level:
        payload: {items: [{const: level}, {type: integer}, {type: integer}, {type: integer}], minItems: 4}
      drop:
        payload: {items: [{const: drop}, {type: integer}, {type: integer}, {type: integer}], minItems: 4}
operations:
  open:
    action: receive
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/ask'}]
    reply: {channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/opened'}]}
  shut:
    action: receive
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/end'}]
    reply: {channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/shut'}]}
  tell:
    action: receive
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/time'}]
    reply: {channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/now'}]}
  flow:
    action: send
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/level'}, {$ref: '#/channels/c/messages/drop'}]
x-conformance:
  roles: {clock.server: 'now#/1'}
  streams:
    subscribe: open
    unsubscribe: shut
    acknowledged: opened
    ended: shut
    id: /1
    sequence: /2
    time: /3
    clock: {within_ms: 1000}
    shared: true
    lasting: true
    undisturbed: true
    kinds:
      - {name: hot, command: {tap: hot}, snapshot: level, events: [drop]}
"""
NOW = 1_795_359_600_000
HOT = "taps/streams/hot/"


@pytest.fixture(scope="module")
def taps(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    file: Path = tmp_path_factory.mktemp("taps") / "taps.yaml"
    file.write_text(DOCUMENT, encoding="utf-8")
    return load(find(asyncapi=[str(file)]))


def judged(
    taps: Contract, clauses: Sequence[str], steps: Sequence[Step], entries: Sequence[Entry]
) -> Verdict:
    case = Case(
        id="taps/streams/test",
        family=Family.STREAMS,
        service="taps",
        says="A test.",
        clauses=tuple(clauses),
        level=Level.MUST,
        provenance=Provenance.PUBLISHED,
        steps=tuple(steps),
        needs=Needs(("taps",)),
    )
    return Judge(taps, taps.clauses, Tolerances(100)).judge(case, Transcript(case.id, tuple(entries)))


def mark(at: float, kind: str, step: int = -1, session: str = "main", **data: object) -> Mark:
    return Mark(kind, int(at * MS), session, step, data)


def got(at: float, value: object, session: str = "main", spaces: bool = False) -> Frame:
    text = json.dumps(value, separators=(", ", ": ") if spaces else (",", ":"))
    return Frame(session, Direction.RECEIVED, "text", text.encode(), int(at * MS))


def sent(at: float, value: object) -> Frame:
    return Frame("main", Direction.SENT, "text", json.dumps(value).encode(), int(at * MS))


def opened(session: str = "main", step: int = 0) -> list[Entry]:
    return [
        mark(0, "step", step, session),
        mark(0, "connecting", session=session),
        mark(1, "connected", session=session, status=101),
    ]


# -- the clock ---------------------------------------------------------------------------------------

ASKING: tuple[Step, ...] = (
    Connect("main", "taps"),
    Send("main", "tell", {"do": "time"}),
    Expect("main", ("now",), "taps/tell/reply", reply_to=1),
)


def told(stamp: int, events: Sequence[tuple[float, int]], lag_ms: float = 0) -> list[Entry]:
    """At 10 ms we ask what time it is, at 30 it is told; then a stream begins, and these events come."""
    asked: list[Entry] = [mark(10, "step", 1), sent(10, {"do": "time"}), mark(11, "step", 2)]
    begun: list[Entry] = [
        got(30, ["now", stamp]),
        mark(31, "satisfied", 2, lag_ms=lag_ms),
        got(40, ["opened", 7]),
    ]
    level = got(41, ["level", 7, 1, 5])  # a snapshot has what time it likes
    drops = [got(at, ["drop", 7, number, time]) for number, (at, time) in enumerate(events, 2)]
    return [*opened(), *asked, *begun, level, *drops]


def near(taps: Contract, *events: tuple[float, int], stamp: int = NOW, lag_ms: float = 0) -> Verdict:
    return judged(taps, [HOT + "clock", "taps/streams/clock"], ASKING, told(stamp, events, lag_ms))


def test_events_near_the_clock_pass(taps: Contract) -> None:
    """At 130 ms the clock shows 100 to 120 ms more than it told: a second beyond that, and our tolerance."""
    for time in (NOW + 110, NOW + 100 - 1000 - 99, NOW + 120 + 1000):
        verdict = near(taps, (130, time))
        assert verdict.outcome is Outcome.PASSED, verdict.reason
    (line,) = near(taps, (130, NOW + 98), (230, NOW + 200)).evidence
    assert line == (
        "2 live drop, stamped -2 to +0 ms from the target's clock when they came; "
        "it is known to within 20.0 ms (asked once)"
    )


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (NOW + 100 - 1000 - 101, "-1101 ms from it"),
        (NOW + 120 + 1001, "+1021 ms from it"),
        (NOW // 1000, "which looks like seconds"),
        (NOW * 1000, "which looks like microseconds"),
        (NOW * 1_000_000, "which looks like nanoseconds"),
    ],
)
def test_an_event_away_from_the_clock_is_found(taps: Contract, time: int, words: str) -> None:
    """With the bounds that the question's round trip gives, and the unit that it looks like."""
    verdict = near(taps, (130, time))
    (finding,) = verdict.findings
    assert finding.clause == HOT + "clock"
    assert words in finding.seen
    assert (
        f"showed {NOW + 100} to {NOW + 120} when it came (it was asked once, answered in 20 ms at most)"
        in finding.expected
    )


def test_what_we_read_late_is_no_fault_of_the_target(taps: Contract) -> None:
    """Our own lag makes an event older; it never makes one that is ahead."""
    late = near(taps, (130, NOW + 100 - 1000 - 300), lag_ms=250)
    assert (late.outcome, late.blame) == (Outcome.BROKEN, Blame.SUITE)
    assert near(taps, (130, NOW + 120 + 1200), lag_ms=250).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("stamp", "words"),
    [(NOW // 1000, "seconds"), (NOW * 1000, "microseconds"), (NOW * 1_000_000, "nanoseconds")],
)
def test_a_clock_in_another_unit_is_named(taps: Contract, stamp: int, words: str) -> None:
    """No time since the epoch is the same number in two units."""
    found = [each for each in near(taps, stamp=stamp).findings if each.clause == "taps/streams/clock"]
    assert [each.seen for each in found] == [f"{stamp}, which looks like {words}"]


@pytest.mark.parametrize(("later", "right"), [(0, True), (250, True), (300_000, False), (-2000, False)])
def test_a_clock_keeps_pace(taps: Contract, later: int, right: bool) -> None:
    """It may stand still for a while; it is not a thousand times as fast as ours, nor does it run back."""
    steps = (
        *ASKING,
        Send("main", "tell", {"do": "time"}),
        Expect("main", ("now",), "taps/tell/reply", reply_to=3),
    )
    more: list[Entry] = [mark(300, "step", 3), sent(300, {"do": "time"}), mark(301, "step", 4)]
    answer: list[Entry] = [got(310, ["now", 5_000_000 + later]), mark(311, "satisfied", 4, lag_ms=0)]
    entries = [*told(5_000_000, ()), *more, *answer]
    verdict = judged(taps, ["taps/streams/clock"], steps, entries)
    assert (verdict.outcome is Outcome.PASSED) is right, verdict.reason


def test_other_cases_are_not_about_the_clock(taps: Contract) -> None:
    """Where a case leaves messages unread, their time says nothing."""
    entries = told(NOW, [(130, NOW - 9000)])
    assert judged(taps, ["taps/tell/reply"], ASKING, entries).outcome is Outcome.PASSED


# -- numbers that last -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("again", "seen"),
    [
        (["level", 7, 2, 0], ""),
        (["level", 7, 9, 0], ""),
        (["level", 7, 1, 0], "sequence 1"),
    ],
)
def test_numbers_do_not_fall_behind_an_end(taps: Contract, again: list[object], seen: str) -> None:
    """A snapshot may show the last number again; below it is nothing that came before."""
    came = [
        ["opened", 7],
        ["level", 7, 1, 0],
        ["drop", 7, 2, 0],
        ["shut", 7],
        ["opened", 7],
        ["shut", 7],
        ["opened", 7],
    ]
    entries = [*opened(), *(got(at, value) for at, value in enumerate([*came, again], 10))]
    verdict = judged(taps, [HOT + "lasting"], [Connect("main", "taps")], entries)
    assert [each.seen for each in verdict.findings] == ([seen] if seen else [])
    assert verdict.outcome is (Outcome.FAILED if seen else Outcome.PASSED)


# -- two subscribers ---------------------------------------------------------------------------------

WATCHED = Watched(
    "hot", ("level", "drop"), HOT + "undisturbed", "main.id", "witness.id", "level", HOT + "shared"
)
BOTH: tuple[Step, ...] = (
    Connect("main", "taps"),
    Connect("witness", "taps"),
    Expect("main", ("opened",), "", save={"main.id": "/1"}),
    Expect("witness", ("opened",), "", save={"witness.id": "/1"}),
    Abreast("main", "witness", (WATCHED,), times=2),
)


def beside(taps: Contract, came: Sequence[Entry], end: float = 0, kind: str = "satisfied") -> Verdict:
    """Both are subscribed, the witness's pong has come; then this comes, and the step ends."""
    begun: list[Entry] = [*opened(), *opened("witness", 1)]
    for step, session in ((2, "main"), (3, "witness")):
        begun += [mark(5, "step", step), got(6, ["opened", 7], session), mark(7, "satisfied", step, lag_ms=0)]
    over = [mark(end or 90, kind, 4, lag_ms=0)]
    entries = [*begun, mark(8, "step", 4), mark(9, "fenced", 4, "witness"), *came, *over]
    return judged(taps, [HOT + "undisturbed", HOT + "shared"], BOTH, entries)


LEVEL = [got(8, ["level", 7, 1, 0], session) for session in ("main", "witness")]
TWO = [got(20, ["drop", 7, 2, 0], "witness"), got(21, ["drop", 7, 3, 0], "witness")]


def test_what_both_got_passes(taps: Contract) -> None:
    """By number and byte, whoever got it first; what else came to one of them is not asked for."""
    came = [*LEVEL, got(15, ["drop", 7, 2, 0]), *TWO, got(30, ["drop", 7, 3, 0]), got(31, ["drop", 7, 4, 0])]
    verdict = beside(taps, came)
    assert verdict.outcome is Outcome.PASSED, verdict.reason
    assert verdict.evidence == ("witness and main got hot 2 and 3",)


def test_what_only_one_got_is_missed(taps: Contract) -> None:
    """When the time for it is over, with its number."""
    verdict = beside(taps, [*LEVEL, *TWO], 2500, "expired")
    assert [(each.clause, each.seen) for each in verdict.findings] == [(HOT + "undisturbed", "nothing of it")]
    assert "drop 2, as witness got it, within 2000 ms" in verdict.findings[0].expected


def test_who_closed_is_said_to_have(taps: Contract) -> None:
    """A connection that the target closed gets nothing any more: that is what is told."""
    gone = mark(30, "closed", code=1011, reason="", by="peer")
    (finding,) = beside(taps, [*LEVEL, *TWO, gone], 40, "expired").findings
    assert "1011" in finding.seen


def test_the_same_number_is_the_same_bytes(taps: Contract) -> None:
    """Another value, or the same one written otherwise."""
    for other in (got(25, ["drop", 7, 2, 1]), got(25, ["drop", 7, 2, 0], spaces=True)):
        verdict = beside(taps, [*LEVEL, *TWO, other, got(26, ["drop", 7, 3, 0])])
        assert [each.clause for each in verdict.findings] == [HOT + "shared"]


def test_without_a_stimulus_nothing_is_proved(taps: Contract) -> None:
    """A witness that got nothing is no witness."""
    assert beside(taps, []).outcome is Outcome.SKIPPED
