"""Frames of very many values: read up to a bound, told with the place where it was passed, on every path."""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import islice

import pytest

from conformance.codec import (
    JSON,
    MAX_VALUES,
    MESSAGEPACK,
    Codec,
    Decoded,
    json_text,
    json_walk,
    messagepack,
    same,
)
from conformance.codec import walk as messagepack_walk
from conformance.codec.item import assemble

walk = messagepack_walk.walk
WALKS = {MESSAGEPACK.name: walk, JSON.name: json_walk.walk}
FEW = 1000
HEADER = b"\xdd\x00\x00\x3f\xff"


def flat(values: int) -> object:
    """An array of so many values, itself among them."""
    return [7] * (values - 1)


def mapped(values: int) -> object:
    """The same as a map, and an array around it where the number is even."""
    whole: object = {f"{number:x}": None for number in range((values - 1) // 2)}
    return whole if values % 2 else [whole]


def rows(values: int) -> object:
    """The same in many small containers."""
    count, more = divmod(values - 1, 5)
    return [*({"a": 1, "b": []} for _ in range(count)), *[0] * more]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that is soon reached."""
    for module in (messagepack, messagepack_walk, json_text, json_walk):
        monkeypatch.setattr(module, "MAX_VALUES", FEW)


def walked(codec: Codec, data: bytes) -> Decoded:
    return assemble(WALKS[codec.name](data))


@pytest.mark.parametrize("codec", [MESSAGEPACK, JSON], ids=lambda codec: codec.name)
@pytest.mark.parametrize("made", [flat, mapped, rows])
@pytest.mark.parametrize("more", [-1, 0, 1, FEW])
@pytest.mark.usefixtures("few")
def test_the_bound_is_exact(codec: Codec, made: Callable[[int], object], more: int) -> None:
    """So many values are read, no more; the fast path and the walker agree, and so does ``locate``."""
    value = made(FEW + more)
    data = codec.encode(value)
    decoded, slow = codec.decode(data), walked(codec, data)
    assert decoded.problems == slow.problems
    assert same(decoded.value, slow.value)
    if more <= 0:
        assert decoded.ok
        assert same(decoded.value, value)
        return
    (problem,) = decoded.problems
    assert problem.kind == "too_many"
    assert f"holds more than {FEW} values (byte {problem.offset})" in str(problem)
    assert codec.locate(data, problem.path) is not None
    items = [item for item in WALKS[codec.name](data) if item.type != "end"]
    assert len(items) == FEW + 1
    assert items[-1].offset == problem.offset


@pytest.mark.parametrize("codec", [MESSAGEPACK, JSON], ids=lambda codec: codec.name)
def test_a_large_message_is_not_walked(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the bound, what the libraries can read is read by them."""
    data = [codec.encode(made(MAX_VALUES)) for made in (flat, mapped, rows)]
    for module in (messagepack, json_text):
        monkeypatch.setattr(module, "walk", lambda data: pytest.fail("walked"))
    assert all(codec.decode(one).ok for one in data)


def test_text_full_of_marks_is_read() -> None:
    """Commas and brackets in a string are no values."""
    text = "[,:{" * MAX_VALUES
    assert JSON.decode(JSON.encode([text])).value == [text]


@pytest.mark.parametrize(
    "data",
    [
        HEADER * 60 + b"\x90" * 1_000_000,
        HEADER * 60 + b"\x80" * 1_000_000,
        HEADER * 60 + b"\x81\xa1a\xc0" * 500_000,
        b"\xdc\x07\xff" * 900 + b"\xa2ab" * 600_000,
        b"\xdd\xff\xff\xff\xff" + b"\x80" * 1_000_000,
        b"\xdf\xff\xff\xff\xff" * 200_000,
        b"\xdf" + struct.pack("!I", 1_000_000) + b"\xa1a\xc0" * 1_000_000,
    ],
)
def test_the_work_is_bounded(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """However a hostile frame is made: neither msgpack nor the walker make more than so much of it."""
    maps = 0
    plain_map = messagepack._plain_map

    def counted(pairs: list[tuple[object, object]]) -> dict[object, object]:
        nonlocal maps
        maps += 1
        return plain_map(pairs)

    monkeypatch.setattr(messagepack, "_plain_map", counted)
    decoded = MESSAGEPACK.decode(data)
    assert decoded.problems
    assert maps <= MAX_VALUES
    assert len(list(islice(walk(data), MAX_VALUES + 2))) <= MAX_VALUES + 1


def test_what_is_announced_is_not_reserved() -> None:
    """Many heads that announce much leave little to each."""
    assert messagepack._longest(HEADER * 2_000) < 2_000
    assert messagepack._longest(b"\xdd" + b"\x00" * 1_000_000) == MAX_VALUES


@pytest.mark.parametrize("codec", [MESSAGEPACK, JSON], ids=lambda codec: codec.name)
@pytest.mark.usefixtures("few")
def test_an_end_at_the_bound_is_an_end(codec: Codec) -> None:
    """A frame that is cut just where the bound is reached holds no value beyond it."""
    data = codec.encode(flat(FEW + 1))
    cut = data[:-1] if codec is MESSAGEPACK else data[:-2]
    assert [problem.kind for problem in codec.decode(cut).problems] == ["undecodable"]
