"""A finding knows the entry of the transcript that it is about: the guilty frame, or the end of a wait."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cases.case import Case, Family, Needs
from conformance.cases.steps import Close, Connect, Disconnect, Idle, Ping, Request, Step
from conformance.contract import Level, Provenance, load
from conformance.documents.find import find
from conformance.transcript import Entry, Exchange, Frame, Mark, Transcript
from conformance.transcript.store import from_json, to_json
from conformance.verdict import Judge, Tolerances
from tests.verdict.stage import (
    LEND,
    LEND_STEPS,
    LENT,
    LENT_REPLY,
    MS,
    Story,
    case,
    judge,
    lending,
    verdict,
)
from tests.verdict.test_sessions import CARD, SILENT, STREAM, barrier, deadline, moved, shelf, silent, stream

LENDING = case(*LEND_STEPS, clauses=(LENT,))
UPGRADE = "library/transport/upgrade"
PING = case(Connect("main", "library"), Ping("main", b"abc", UPGRADE, 500), clauses=(UPGRADE,))
CLOSE = case(Connect("main", "library"), Close("main", (4000,), UPGRADE, 500), clauses=(UPGRADE,))
IDLE = case(Connect("main", "library"), Idle("main", 500, UPGRADE), clauses=(UPGRADE,))
LEAVE = case(Connect("main", "library"), Disconnect("main"), clauses=(UPGRADE,))
FEE = {"type": "lent", "id": 7, "fee": 10}


def lost() -> Story:
    """A connection that is lost while nothing is said."""
    story = Story().connected().mark(10, "step", 1)
    return story.mark(300, "closed", code=1006, by="peer", how="eof").mark(310, "expired", 1, lag_ms=0)


def waits(kind: str = "expired", at: float = 2000) -> Story:
    """A conversation whose second step has begun, and ended so."""
    return Story().connected().mark(10, "step", 1).mark(at, kind, 1, lag_ms=0)


@pytest.mark.parametrize(
    ("one", "story", "at"),
    [
        pytest.param(LENDING, lending(FEE), 20, id="a wrong value"),
        pytest.param(LENDING, lending(b"\xc1"), 20, id="no value"),
        pytest.param(LENDING, lending(opcode="text"), 20, id="a wrong kind of frame"),
        pytest.param(LENDING, lending({**LENT_REPLY, "id": 8}), 20, id="another correlation id"),
        pytest.param(LENDING, lending({"type": "denied", "id": 7, "why": "wrong"}), 20, id="a refusal"),
        pytest.param(LENDING, lending(at=1300), 1300, id="a late reply"),
        pytest.param(LENDING, lending().got(30, LENT_REPLY).got(40, shelf(1)), 30, id="a second reply"),
        pytest.param(LENDING, lending().got(30, FEE).got(40, shelf(1)), 30, id="a stray"),
        pytest.param(STREAM, stream(shelf(3), moved(5), moved(6)), 21, id="a gap"),
        pytest.param(STREAM, stream(moved(4), moved(5)), 20, id="no snapshot"),
        pytest.param(STREAM, stream(moved(4), before=(shelf(3),)), 13, id="too early an event"),
        pytest.param(STREAM, stream(shelf(3), moved(4, ts=9), moved(5, ts=8), moved(6)), 22, id="a clock"),
        pytest.param(SILENT, barrier(silent().got(50, shelf(3)).got(60, moved(4))), 50, id="no silence"),
        pytest.param(CARD, deadline(1200, 1210, 4001), 1210, id="a wrong close code"),
        pytest.param(IDLE, lost(), 300, id="a connection lost"),
    ],
)  # fmt: skip
def test_what_came_is_named(one: Case, story: Story, at: float) -> None:
    """The frame, the close or the loss itself, though others came before and behind it."""
    assert _at(story.entries, verdict(one, story).findings[0].entry) == at * MS


def _at(entries: list[Entry], place: int | None) -> int:
    assert place is not None
    entry = entries[place]
    return entry.received_at if isinstance(entry, Exchange) else entry.at


def nothing() -> Story:
    """A book is asked for, and nobody answers; what is no answer came before and behind."""
    story = Story().connected().mark(10, "step", 1).sent(11, LEND).mark(12, "step", 2)
    return story.mark(1500, "expired", 2, lag_ms=0)


def deaf() -> Story:
    """A silence that may be that of the dead."""
    return silent().mark(310, "barrier", 1).sent(311, LEND).mark(3000, "expired", 1)


@pytest.mark.parametrize(
    ("one", "story", "kind"),
    [
        pytest.param(LENDING, nothing(), "expired", id="no reply"),
        pytest.param(PING, waits(), "expired", id="no pong"),
        pytest.param(CLOSE, waits(), "expired", id="no close"),
        pytest.param(SILENT, deaf(), "expired", id="no answer behind a silence"),
    ],
)  # fmt: skip
def test_what_did_not_come_is_missed_where_we_stopped_waiting(one: Case, story: Story, kind: str) -> None:
    """The mark of the very step, though another expires behind it."""
    at = len(story.entries) - 1
    story.got(3500, shelf(1)).mark(4000, "expired", 9, lag_ms=0)
    first = verdict(one, story).findings[0]
    mark = story.entries[at]
    assert isinstance(mark, Mark)
    assert (first.entry, mark.kind) == (at, kind)


def test_a_close_in_place_of_a_reply_is_named() -> None:
    """What ended the wait is what came, not that it ended."""
    story = Story().connected().mark(10, "step", 1).sent(11, LEND).mark(12, "step", 2)
    story.closed(100, 1011).mark(101, "expired", 2, lag_ms=0)
    made = verdict(LENDING, story)
    assert "a close with 1011" in made.findings[0].seen
    assert made.findings[0].entry == len(story.entries) - 2


def test_another_pong_is_named() -> None:
    """A pong with other data is the frame at fault."""
    story = Story().connected().mark(10, "step", 1).raw(20, b"abd", "pong").mark(2000, "expired", 1, lag_ms=0)
    made = verdict(PING, story)
    (first,) = made.findings
    assert isinstance(frame := story.entries[first.entry or 0], Frame)
    assert (frame.opcode, frame.data) == ("pong", b"abd")


def test_of_equal_frames_the_guilty_one_is_named() -> None:
    """Two frames with the same bytes at the same time are two entries."""
    story = lending().got(30, LENT_REPLY).got(30, LENT_REPLY)
    made = verdict(LENDING, story)
    places = [finding.entry for finding in made.findings]
    last = len(story.entries) - 1
    assert places == [last - 1, last]


def test_a_close_that_is_not_answered_is_missed_behind_ours() -> None:
    """Nothing came: the last that went is the place."""
    story = Story().connected().mark(10, "step", 1)
    sent = Story().sent(20, {}).entries[0]
    assert isinstance(sent, Frame)
    story.entries.append(Frame("main", sent.direction, "close", b"", 20 * MS, code=1000))
    story.mark(2000, "closed", code=1006, by="us", how="timeout")
    (first,) = verdict(LEAVE, story).findings
    assert first.entry == len(story.entries) - 2


def test_judged_again_from_the_store_it_is_the_same() -> None:
    """A place is an index, so it survives the file."""
    story = stream(shelf(3), moved(5), moved(9))
    told = Transcript(STREAM.id, tuple(story.entries))
    made = judge().judge(STREAM, told)
    again = judge().judge(STREAM, from_json(json.loads(json.dumps(to_json(told)))))
    assert made.findings == again.findings
    assert [finding.entry for finding in again.findings] == [
        place for place, entry in enumerate(story.entries) if isinstance(entry, Frame) and entry.at >= 21 * MS
    ]


def test_what_a_source_broke_is_told_where_the_case_was_left() -> None:
    """The frame stands in another conversation: here the mark tells of it."""
    broken = [{"clause": LENT, "where": "reply", "expected": "lent", "seen": "nothing"}]
    story = Story().mark(5, "skipped", reason="no book", broken=broken)
    (first,) = verdict(LENDING, story).findings
    assert first.entry == 0


HEALTH = """\
openapi: 3.1.0
info: {title: Health, version: '1', x-conformance: {name: health}}
paths:
  /up:
    get:
      operationId: up
      responses:
        '200':
          description: up
          content: {application/json: {schema: {type: object, properties: {up: {type: boolean}}}}}
"""


def test_an_answer_is_named(tmp_path: Path) -> None:
    """Of two requests the second was answered wrongly."""
    file = tmp_path / "health.openapi.yaml"
    file.write_text(HEALTH, encoding="utf-8")
    contract = load(find(openapi=[str(file)]))
    (operation,) = contract.services["health"].http
    steps: tuple[Step, ...] = tuple(Request("health", "GET", "/up", "", operation.name) for _ in range(2))
    one = Case(
        "health/health/up", Family.HEALTH, "health", "?", (), Level.MUST, Provenance.PUBLISHED, steps,
        Needs(("health",)),
    )  # fmt: skip
    entries = tuple(
        entry
        for step, body in enumerate((b'{"up": true}', b'{"up": 1}'))
        for entry in (Mark("step", step, "", step, {}), _answered(step, body))
    )
    made = Judge(contract, contract.clauses, Tolerances()).judge(one, Transcript(one.id, entries))
    assert [(finding.where, finding.entry) for finding in made.findings] == [("up", 3)]


def _answered(step: int, body: bytes) -> Exchange:
    headers = (("content-type", "application/json"),)
    return Exchange(
        session="",
        method="GET", url="http://h/up", request_headers=(), status=200, headers=headers, body=body,
        sent_at=step, received_at=step + 1, step=step,
    )  # fmt: skip
