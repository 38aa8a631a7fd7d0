"""Run files that another hand wrote: one sentence with the line, whatever is in them, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import DocumentError
from conformance.record import read
from tests.record.samples import LATE, conversation, passed, record

NAME = "tide/commands/ask"
Lines = list[dict[str, Any]]


def deep(levels: int) -> object:
    """Lists within lists."""
    value: object = "x"
    for _ in range(levels):
        value = [value]
    return value


def put(value: object, *path: str | int) -> Callable[[Lines], None]:
    """Puts a value into the place of another."""

    def change(lines: Lines) -> None:
        at: Any = lines
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


def first(lines: Lines, kind: str) -> int:
    """Which entry of the case's transcript is the first of this type."""
    entries = lines[CASE]["transcript"]["entries"]
    return next(number for number, one in enumerate(entries) if one["type"] == kind)


def entry(kind: str, name: str, value: object) -> Callable[[Lines], None]:
    """Puts a value into the first entry of a type."""
    return lambda lines: put(value, CASE, "transcript", "entries", first(lines, kind), name)(lines)


CASE, END = 1, 2


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (put("splendid", CASE, "outcome"), 2),
        (put([float("inf")], CASE, "exercised"), 2),
        (put(float("nan"), CASE, "started"), 2),
        (put(1e308, CASE, "ended"), 2),
        (put(10**400, CASE, "ended"), 2),
        (put([None], CASE, "exercised"), 2),
        (put("012", CASE, "exercised"), 2),
        (put({"tide": False}, 0, "target", "addresses"), 1),
        (put({"tide": "1"}, 0, "target", "deadlines"), 1),
        (put([["a", 1]], 0, "unenforceable"), 1),
        (entry("frame", "at", "noon"), 2),
        (entry("frame", "at", 10**400), 2),
        (entry("frame", "session", 2**64), 2),
        (entry("frame", "session", ["main"]), 2),
        (entry("frame", "opcode", {}), 2),
        (entry("frame", "data", "x"), 2),
        (entry("mark", "kind", deep(50)), 2),
        (entry("mark", "at", [1]), 2),
        (entry("mark", "data", {"x": deep(900)}), 2),
        (entry("frame", "direction", deep(900)), 2),
        (put(deep(900), 0, "notes"), 1),
    ],
)
def test_a_value_that_cannot_be(tmp_path: Path, change: Callable[[Lines], None], line: int) -> None:
    """Types, sizes and depths that nothing of ours writes, and that no report could show."""
    lines = written(tmp_path)
    change(lines)
    with pytest.raises(DocumentError) as failure:
        read(store(tmp_path, lines))
    assert failure.value.where.endswith(f"run.jsonl:{line}")
    assert "\n" not in str(failure.value)
    assert len(failure.value.what) <= 200


def test_what_is_refused_is_told_without_its_escapes(tmp_path: Path) -> None:
    """A terminal obeys nothing that stands in a file."""
    lines = written(tmp_path)
    lines[0]["format"] = "\x1b[31m" + "x" * 10_000
    with pytest.raises(DocumentError) as failure:
        read(store(tmp_path, lines))
    assert failure.value.what.isprintable()
    assert len(failure.value.what) <= 200


def test_what_never_ends_is_not_begun() -> None:
    """One line of it would fill the memory."""
    with pytest.raises(DocumentError, match="/dev/zero: this is a device; expected a run file"):
        read("/dev/zero")


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ((0, CASE, 0, CASE, END), "3: another header"),
        ((0, CASE, END, END), "4: a line behind the end of the run"),
        ((0, END, CASE), "3: a line behind the end of the run"),
        ((CASE, 0, END), "1: not the header of a run"),
    ],
)
def test_two_runs_are_none(tmp_path: Path, order: tuple[int, ...], says: str) -> None:
    """Files put behind each other, or lines in another order, are not taken for one run."""
    lines = written(tmp_path)
    with pytest.raises(DocumentError, match=says):
        read(store(tmp_path, [lines[number] for number in order]))


def written(folder: Path) -> Lines:
    """The lines of a small run."""
    record(folder, [(passed(NAME, LATE), conversation(NAME))])
    lines = [json.loads(text) for text in (folder / "run.jsonl").read_text("ascii").splitlines()]
    assert [line["line"] for line in lines] == ["header", "case", "end"]
    return lines


def store(folder: Path, lines: Lines) -> Path:
    """The file of these lines."""
    file = folder / "run.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")
    return file
