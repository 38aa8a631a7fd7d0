"""A transcript that passes on what the target says keeps all else, and drops nothing."""

from __future__ import annotations

import pytest

from conformance.transcript import Direction, Frame
from conformance.transcript.passing import Passing
from conformance.transcript.recorder import MAX_ENTRIES


def test_data_of_the_target_waits_in_order_and_the_rest_is_recorded() -> None:
    """Marks, control frames and what we send are entries; messages are numbered, stamped, counted."""
    woken: list[int] = []
    recorder = Passing("case", lambda: woken.append(recorder.received))
    recorder.mark("step", "a", 0)
    recorder.frame("a", Direction.SENT, "binary", b"ask")
    recorder.frame("a", Direction.RECEIVED, "binary", b"one", 7)
    recorder.frame("b", Direction.RECEIVED, "ping", b"?")
    recorder.frame("b", Direction.RECEIVED, "text", b"two!", 8, fragments=2)
    assert [type(each) is Frame and each.data for each in recorder.entries] == [False, b"ask", b"?"]
    assert (recorder.received, recorder.size, woken) == (2, 7, [1])
    assert recorder.take() == ("a", 0, 7, "binary", b"one")
    assert recorder.take() == ("b", 1, 8, "text", b"two!")
    assert recorder.size == 0
    recorder.frame("a", Direction.RECEIVED, "binary", b"three")
    assert woken == [1, 3]
    recorder.take()
    with pytest.raises(IndexError):
        recorder.take()


def test_more_than_a_transcript_holds_is_passed_on() -> None:
    """The bounds of a stored transcript are not those of what is passed on."""
    recorder = Passing("case", lambda: None)
    for number in range(MAX_ENTRIES + 10):
        recorder.frame("a", Direction.RECEIVED, "binary", b"%d" % number)
    assert not recorder.flooded
    assert [recorder.take()[1] for _ in range(len(recorder.waiting))] == list(range(MAX_ENTRIES + 10))
