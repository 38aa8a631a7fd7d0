"""The documents' texts in a run file: each file once, cut where it is large, never another file's text."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.contract import load
from conformance.documents.files import SourceFile
from conformance.documents.find import find
from conformance.documents.where import Where
from conformance.record import sources as module
from conformance.record.sources import CHANGED, CUT, TOO_LARGE, sources
from conformance.record.types import SourceLine

DOCUMENT = """\
asyncapi: 3.0.0
info: {title: Tide, version: '1'}
defaultContentType: application/json
servers: {here: {host: localhost, protocol: ws}}
channels:
  all:
    address: /
    messages:
      level: {$ref: 'parts/level.yaml#/message'}
operations:
  send: {action: send, channel: {$ref: '#/channels/all'}}
"""
PART = """\
message:
  name: level
  payload: {type: object, required: [price], properties: {price: {type: string}}}
"""
OVERLAY = """\
overlay: 1.0.0
info: {title: Closer, version: '1'}
actions: [{target: $.info, update: {description: closer}}]
"""


def promised(file: str, *lines: int) -> list[Any]:
    """Clauses at these lines."""
    return [SimpleNamespace(where=Where(file, line)) for line in lines]


def source(folder: Path, text: str) -> SourceFile:
    """A file as it was read."""
    import hashlib

    path = folder / "tide.yaml"
    path.write_text(text)
    return SourceFile("tide.yaml", path, hashlib.sha256(text.encode()).hexdigest())


def test_all_files_that_something_was_read_from(tmp_path: Path) -> None:
    """The document, what its references lead to, its overlay: each with its own text."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "tide.yaml").write_text(DOCUMENT)
    (tmp_path / "parts/level.yaml").write_text(PART)
    (tmp_path / "closer.yaml").write_text(OVERLAY)
    contract = load(find(asyncapi=[str(tmp_path / "tide.yaml")], overlays=[str(tmp_path / "closer.yaml")]))
    lines = list(sources(contract.files, contract.clauses.values()))
    texts = {Path(one.path).name: one.text for one in lines}
    assert texts == {"tide.yaml": DOCUMENT, "level.yaml": PART, "closer.yaml": OVERLAY}
    assert len(lines) == 3
    paths = {one.path for one in lines}
    assert {clause.where.file for clause in contract.clauses.values()} <= paths


def test_a_file_that_has_changed_is_not_told(tmp_path: Path) -> None:
    """The lines of another text would be shown as what was promised."""
    file = source(tmp_path, "a: 1\n")
    file.path.write_text("b: 1\n")
    assert list(sources([file], [])) == [SourceLine("tide.yaml", file.sha256, "", CHANGED)]
    file.path.unlink()
    assert [one.left_out for one in sources([file], [])] == [CHANGED]


def test_a_file_is_told_once(tmp_path: Path) -> None:
    """However many services it makes."""
    file = source(tmp_path, "a: 1\n")
    assert [one.text for one in sources([file, file], [])] == ["a: 1\n"]


def test_of_a_large_file_only_lines_near_a_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are empty, so that the numbers of the lines hold."""
    monkeypatch.setattr(module, "LARGE", 200)
    text = "\n".join(f"line {number}" for number in range(1, 101))
    (line,) = sources([source(tmp_path, text)], promised("tide.yaml", 50))
    assert line.left_out == CUT
    kept = line.text.split("\n")
    assert len(kept) == 100
    assert {number: one for number, one in enumerate(kept, 1) if one} == {
        number: f"line {number}" for number in range(45, 56)
    }


def test_of_one_that_is_large_all_the_same_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so."""
    monkeypatch.setattr(module, "LARGE", 200)
    file = source(tmp_path, "\n".join(f"line {number}" for number in range(100)))
    (line,) = sources([file], promised("tide.yaml", *range(1, 101)))
    assert (line.text, line.left_out) == ("", TOO_LARGE)
