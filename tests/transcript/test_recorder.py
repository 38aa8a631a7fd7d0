"""The recorder: keeps everything in order, wakes who waits, and cannot be flooded."""

from __future__ import annotations

import asyncio

import pytest

from conformance.transcript.model import Direction, Exchange, Frame, Mark
from conformance.transcript.recorder import Recorder


def test_entries_in_order() -> None:
    """Entries are kept as they come, stamped now unless they bring a time."""
    recorder = Recorder("case")
    before = recorder.now()
    recorder.mark("step", step=1, text="x")
    recorder.frame("a", Direction.RECEIVED, "binary", b"x", 5)
    exchange = Exchange("h", "GET", "http://h/", 1, 2)
    recorder.exchange(exchange)
    mark, frame, last = recorder.transcript().entries
    assert isinstance(mark, Mark)
    assert before <= mark.at <= recorder.now()
    assert (mark.kind, mark.step, mark.data["text"]) == ("step", 1, "x")
    assert frame == Frame("a", Direction.RECEIVED, "binary", b"x", 5)
    assert last is exchange
    assert recorder.version == 3


def test_marks_are_frozen() -> None:
    """A mark keeps what it was told, whatever becomes of the caller's lists and dicts."""
    recorder = Recorder("case")
    held: dict[str, object] = {"list": [1, {"a": [2]}]}
    recorder.mark("values", values=held)
    held["list"] = "gone"
    (mark,) = recorder.transcript().marks("values")
    assert mark.data["values"] == {"list": (1, {"a": (2,)})}
    with pytest.raises(TypeError):
        mark.data["values"]["list"] = 1


def test_a_transcript_does_not_grow() -> None:
    """A transcript is of the moment in which it was asked for."""
    recorder = Recorder("case")
    transcript = recorder.transcript()
    recorder.mark("step")
    assert transcript.entries == ()


def test_news_before_waiting() -> None:
    """News that came between looking and waiting is not lost."""

    async def play() -> None:
        recorder = Recorder("case")
        seen = recorder.version
        recorder.mark("step")
        async with asyncio.timeout(1):
            await recorder.news(seen)

    asyncio.run(play())


def test_news_wakes_everyone_every_time() -> None:
    """All who wait are woken, and each entry wakes again."""

    async def play() -> list[int]:
        recorder = Recorder("case")

        async def count() -> int:
            seen = 0
            while seen < 50:
                await recorder.news(seen)
                assert recorder.version > seen
                seen = recorder.version
            return seen

        waiting = [asyncio.create_task(count()) for _ in range(3)]
        for _ in range(50):
            recorder.mark("step")
            await asyncio.sleep(0)
        async with asyncio.timeout(1):
            return await asyncio.gather(*waiting)

    assert asyncio.run(play()) == [50, 50, 50]


def test_news_can_be_given_up() -> None:
    """A deadline ends the waiting and leaves the recorder and the others as they were."""

    async def play() -> None:
        recorder = Recorder("case")
        other = asyncio.create_task(recorder.news())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await recorder.news(recorder.version)
        recorder.mark("step")
        async with asyncio.timeout(1):
            await other

    asyncio.run(play())


@pytest.mark.parametrize(("limits", "kept"), [({"max_entries": 3}, 3), ({"max_bytes": 50}, 5)])
def test_flood(limits: dict[str, int], kept: int) -> None:
    """Beyond a limit frames are dropped with one mark, but marks are still kept."""
    recorder = Recorder("case", **limits)
    for _ in range(10):
        recorder.frame("a", Direction.RECEIVED, "binary", b"0123456789")
    recorder.mark("closed", "a")
    transcript = recorder.transcript()
    assert recorder.flooded
    assert len(list(transcript.frames())) == kept
    assert [one.session for one in transcript.marks("flooded")] == ["a"]
    assert list(transcript.marks("closed"))


def test_exchanges_count_too() -> None:
    """Bodies of exchanges fill the same memory as frames."""
    recorder = Recorder("case", max_bytes=10)
    recorder.exchange(Exchange("h", "GET", "http://h/", 1, 2, body=b"x" * 11))
    assert recorder.flooded
    assert not list(recorder.transcript().exchanges())
