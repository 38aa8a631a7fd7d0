"""Overlays through both fronts: applied, told, and kept in the evidence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.contract.build import CHAT
from tests.front.command import ROOT, command, run, suite

OVERLAY = """\
overlay: 1.1.0
info: {title: What the chat leaves unsaid, version: '1'}
extends: chat.yaml
actions:
- target: $.info
  update: {title: Renamed Chat}
- target: $.channels.room.messages.nope
  remove: true
- target: $.channels.room.messages.said.payload.properties.ref
  update: {maximum: 9}
"""
NOTE = "chat.overlay.yaml:7: the target $.channels.room.messages.nope selects nothing in chat.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "chat.yaml").write_text(CHAT)
    (tmp_path / "chat.overlay.yaml").write_text(OVERLAY)
    return tmp_path


def listed(folder: Path, *words: str) -> tuple[dict[str, Any], list[str]]:
    """The cases by id and what was said on standard error."""
    ended = command("list", "--json", *words, cwd=folder)
    assert ended.code == 0, ended.err
    return {case["id"]: case for case in json.loads(ended.out)["cases"]}, ended.err.splitlines()


def test_an_overlay_of_the_folder_is_applied_and_told(folder: Path) -> None:
    """Its clauses make cases; an action that selected nothing is a line on standard error."""
    cases, said = listed(folder, "--contract", ".")
    assert said == [f"note: {NOTE}"]
    assert any("renamed-chat/" in name for name in cases)
    clauses = {clause for case in cases.values() for clause in case["clauses"]}
    assert "renamed-chat/said/ref/maximum" in clauses
    without, said = listed(folder, "--asyncapi", "chat.yaml")
    assert said == []
    assert not any("renamed-chat" in name for name in without)


def test_an_overlay_is_given_by_name(folder: Path) -> None:
    """Beside single documents, and beside a folder."""
    (folder / "chat.overlay.yaml").rename(folder / "other.txt")
    for words in (["--asyncapi", "chat.yaml"], ["--contract", "."]):
        for overlay in ("other.txt", "toy-chat=other.txt"):
            cases, said = listed(folder, *words, "--overlay", overlay)
            assert [line.replace("other.txt", "chat.overlay.yaml") for line in said] == [f"note: {NOTE}"]
            assert any("renamed-chat/" in name for name in cases)


def test_a_wrong_overlay_is_one_sentence(folder: Path) -> None:
    """With the overlay's own line, before anything is sent."""
    (folder / "chat.overlay.yaml").write_text(OVERLAY.replace("$.info", "$.info[", 1))
    ended = run("--contract", ".", "--url", "ws://127.0.0.1:1", cwd=folder)
    assert ended.code == 2
    assert ended.sentence.startswith("chat.overlay.yaml:5: '$.info[' is not a JSONPath query: ")
    assert ended.record.complete


def test_the_evidence_tells_what_was_read(folder: Path) -> None:
    """Run file and summary hold the overlay's bytes by their hash, and what was told of it."""
    ended = run("--contract", ".", "--url", "ws://127.0.0.1:1", cwd=folder)
    assert ended.code == 3
    assert f"note: {NOTE}" in ended.err.splitlines()
    expected = {
        "title": "What the chat leaves unsaid",
        "path": "chat.overlay.yaml",
        "version": "1.1.0",
        "sha256": hashlib.sha256(OVERLAY.encode()).hexdigest(),
        "documents": ["chat.yaml"],
    }
    assert (ended.summary["overlays"], ended.summary["notes"]) == ([expected], [NOTE])
    assert ended.summary["documents"][0]["sha256"] == hashlib.sha256(CHAT.encode()).hexdigest()
    with (folder / "report/run.jsonl").open("rb") as file:
        header = json.loads(file.readline())
    assert (header["overlays"], header["notes"]) == ([expected], [NOTE])
    for name, value in (("run", header), ("summary", ended.summary)):
        schema = json.loads((ROOT / f"conformance/schemas/{name}.schema.json").read_text("utf-8"))
        jsonschema_rs.validate(schema, value)
    assert "overlaid by chat.overlay.yaml" in " ".join(ended.out.split())
    assert ended.record.header.overlays[0].documents == ("chat.yaml",)


def test_pytest_tells_it_too(folder: Path) -> None:
    """At the end, where nothing captures it."""
    words = ["--conformance-contract", ".", "--conformance-url", "ws://127.0.0.1:1"]
    ended = suite(*words, "--collect-only", "-q", cwd=folder)
    assert f"note: {NOTE}" in ended.out.splitlines()
    assert "renamed-chat/" in ended.out
