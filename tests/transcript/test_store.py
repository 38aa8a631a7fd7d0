"""A stored transcript is the transcript: every field survives JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.transcript.model import Direction, Frame, Mark, Transcript
from conformance.transcript.recorder import frozen
from conformance.transcript.store import from_json, to_json, value_from_json, value_to_json

from .sample import SECRET, sample

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.binary(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize("text", ["plain", SECRET, "\x00\x1b\u202e", ""])
def test_everything_round_trips(text: str) -> None:
    """Frames, marks and exchanges come back equal from strict JSON text."""
    transcript = sample(text)
    assert from_json(json.loads(json.dumps(to_json(transcript), allow_nan=False))) == transcript


@given(VALUES)
def test_any_value_round_trips(value: object) -> None:
    """A mark's value comes back as a recorder would keep it: bytes, big numbers and odd keys too."""
    stored = json.loads(json.dumps(value_to_json(value), allow_nan=False))
    assert value_from_json(stored) == frozen(value)


@given(st.binary(), st.integers(min_value=0), st.none() | st.integers(0, 65535), st.text())
def test_any_frame_round_trips(data: bytes, at: int, code: int | None, reason: str) -> None:
    """A frame's bytes, time, code and reason come back."""
    frame = Frame("a", Direction.RECEIVED, "close", data, at, 1, code, reason)
    transcript = Transcript("case", (frame,))
    assert from_json(json.loads(json.dumps(to_json(transcript)))) == transcript


def test_defaults_are_left_out() -> None:
    """A plain frame and a bare mark take no more room than they need."""
    transcript = Transcript("c", (Frame("a", Direction.SENT, "binary", b"x", 1), Mark("lag", 2)))
    assert to_json(transcript)["entries"] == [
        {"type": "frame", "session": "a", "direction": "sent", "opcode": "binary", "data": "eA==", "at": 1},
        {"type": "mark", "kind": "lag", "at": 2},
    ]


def test_what_json_cannot_say_becomes_text() -> None:
    """A value of a foreign class is kept as its text, never a failure of the run."""
    assert value_to_json({"at": complex(1, 2)}) == {"at": "(1+2j)"}
