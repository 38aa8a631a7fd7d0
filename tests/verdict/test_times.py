"""Times of a stream, judged from transcripts: they go on from each of its messages to the next."""

from __future__ import annotations

from typing import Any

from tests.verdict.test_markets import LATER, MARKET, TODAY, Scene, trade

ROW = ["X", "a", "b", TODAY]


def began(ts: int, session: str = MARKET) -> Scene:
    """A stream that begins with a snapshot of that time."""
    scene = Scene().subscribes("provenance", session)
    return scene.heard(session, ["provenance_snapshot", "provenance", 1, ts, [ROW]])


def update(number: int, ts: Any) -> list[Any]:
    return ["provenance_update", "provenance", number, ts, [ROW]]


def test_time_goes_on_from_what_a_stream_begins_with() -> None:
    """Whatever the names of its messages are, where their times stand at one place."""
    assert began(7).heard(MARKET, update(2, 7), update(3, 8)).wrong() == []
    expected = "at least 9, the time of the ProvenanceSnapshotEvent before it"
    assert began(9).heard(MARKET, update(2, 8), update(3, 8)).wrong() == [("time", expected, "8")]
    tape = Scene().subscribes("trades").heard(MARKET, ["trades_snapshot", "trades:X", 1, 9, [trade("a")]])
    assert not tape.trade(2, trade("b")).verdict().findings  # made before the snapshot was, told behind it


def test_what_went_back_is_told_once() -> None:
    """Against a message of its own name, or against another one."""
    scene = began(9).heard(MARKET, update(2, 9), ["unsubscribed", "provenance"])
    scene.subscribes("provenance").heard(MARKET, ["provenance_snapshot", "provenance", 2, 8, [ROW]])
    assert len(scene.wrong()) == 1
    assert scene.wrong()[0][0] == "time"


def test_times_of_other_streams_and_sessions_are_their_own() -> None:
    """And a time that breaks its schema is none."""
    scene = began(9).subscribes("provenance", LATER)
    scene.heard(LATER, ["provenance_snapshot", "provenance", 1, 8, [ROW]])
    scene.subscribes("trades").heard(MARKET, ["trades_snapshot", "trades:X", 1, 7, [trade("a")]])
    assert scene.wrong() == []
    assert [each[0] for each in began(9).heard(MARKET, update(2, "8")).wrong()] == ["type"]
    assert [each[0] for each in began(9).heard(MARKET, update(2, -1)).wrong()] == ["minimum"]
