"""The text of a line of a run file, and the texts that stand in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from conformance.transcript.model import Transcript
from conformance.transcript.store import entry_to_json

TOGETHER = 64
"""So many entries of a transcript are made a text of at once."""

_encoded = json.JSONEncoder(separators=(",", ":")).encode


def pieces(stored: dict[str, Any], transcript: Transcript | None) -> Iterator[str]:
    """A line's text, its transcript a few entries at a time: a large one is never in memory as a whole."""
    text = _encoded(stored)
    if transcript is not None:
        yield text[:-1] + ',"transcript":{"case":' + _encoded(transcript.case) + ',"entries":['
        for since in range(0, len(transcript.entries), TOGETHER):
            together = _encoded(
                [entry_to_json(each) for each in transcript.entries[since : since + TOGETHER]]
            )
            yield ("," if since else "") + together[1:-1]
        text = "]}}"
    yield text + "\n"


def texts(value: Any, found: list[str]) -> list[str]:
    """``found``, and all the texts in a value, its keys among them."""
    if isinstance(value, str):
        found.append(value)
    elif isinstance(value, dict):
        found += value
        for one in value.values():
            texts(one, found)
    elif isinstance(value, list):
        for one in value:
            if type(one) is not int:  # most lists are of numbers
                texts(one, found)
    return found
