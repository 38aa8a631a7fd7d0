"""`omen-conformance diff`, as a release gate starts it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from tests.changes.pair import TOY
from tests.front.command import ROOT, command, environment

SCHEMA = ROOT / "conformance/schemas/diff.schema.json"
LOOSER = TOY.replace("enum: [open, done]", "enum: [open, done, lost]")
STRICTER = TOY.replace("enum: [open, done]", "enum: [open]")
TEXT = TOY.replace("title: Toy,", "title: Toy, description: Says more.,").replace(
    "version: '1'", "version: '2'"
)
HOSTILE = TOY.replace("state: {enum: [open, done]}", '"st\\u001b[31mate\\u202e\\n": {enum: [open, done]}')


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    for name, text in (
        ("old", TOY),
        ("looser", LOOSER),
        ("stricter", STRICTER),
        ("text", TEXT),
        ("hostile", HOSTILE),
    ):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("new", "gate", "code"),
    [
        ("looser", [], 1),
        ("looser", ["--fail-on", "server"], 0),
        ("looser", ["--fail-on", "none"], 0),
        ("stricter", [], 0),
        ("stricter", ["--fail-on", "server"], 1),
        ("stricter", ["--fail-on", "any"], 1),
        ("text", ["--fail-on", "any"], 0),
        ("old", ["--fail-on", "any"], 0),
    ],
)
def test_the_gate_closes_for_whom_it_guards(pair: Path, new: str, gate: list[str], code: int) -> None:
    """1 where a change breaks those whom `--fail-on` names, else 0."""
    ended = command("diff", "old.yaml", f"{new}.yaml", *gate, cwd=pair)
    assert ended.code == code, ended.out + ended.err


def test_a_change_is_told_with_its_places(pair: Path) -> None:
    """Sentence before and after, `file:line`, clause and cases; 80 columns; no colour for a file."""
    ended = command("diff", "old.yaml", "looser.yaml", cwd=pair, env={**environment(), "COLUMNS": "80"})
    assert "Breaking for clients: 1 change" in ended.out
    assert "is one of `open`, `done`." in ended.out
    assert "is one of `open`, `done`, `lost`." in ended.out
    assert "old.yaml:" in ended.out
    assert "looser.yaml:" in ended.out
    assert "toy/bought/state/enum" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
    assert "\x1b" not in ended.out


def test_programs_get_what_the_schema_promises(pair: Path) -> None:
    """`--json` keeps its schema, with clauses and cases of both ends."""
    told = json.loads(command("diff", "old.yaml", "looser.yaml", "--json", cwd=pair).out)
    jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(told)
    assert told["breaking"] == {"clients": True, "server": False}
    (change,) = told["changes"]
    assert change["kind"] == "enum"
    assert change["path"] == ["state"]
    assert change["breaks"] == ["clients"]
    assert change["old"]["clauses"] == change["new"]["clauses"] == ["toy/bought/state/enum"]
    assert change["old"]["cases"]


def test_hostile_names_are_shown_inert(pair: Path) -> None:
    """A name cannot move the cursor, colour the terminal or reorder letters."""
    ended = command("diff", "old.yaml", "hostile.yaml", cwd=pair)
    assert ended.code == 1
    assert not {"\x1b", "\u202e"} & set(ended.out)
    assert "is now called" in ended.out


def test_documents_that_cannot_be_used_are_one_sentence(pair: Path) -> None:
    """2, whatever the gate."""
    (pair / "bad.yaml").write_text("asyncapi: 3.0.0\ninfo: {}\n", "utf-8")
    for words in (("old.yaml", "bad.yaml"), ("nothing", "old.yaml")):
        ended = command("diff", *words, "--fail-on", "none", cwd=pair)
        assert ended.code == 2
        assert ended.sentence


def test_an_overlay_completes_both(pair: Path) -> None:
    """What an overlay takes away on both sides is no difference any more."""
    text = (
        "overlay: 1.0.0\ninfo: {title: O, version: '1'}\nactions:\n"
        "  - {target: $.channels.c.messages.bought.payload.properties.state, remove: true}\n"
    )
    (pair / "without.overlay.yaml").write_text(text, "utf-8")
    words = ("diff", "old.yaml", "looser.yaml")
    assert command(*words, cwd=pair).code == 1
    ended = command(*words, "--overlay", "without.overlay.yaml", cwd=pair)
    assert (ended.code, ended.out) == (0, "No change.\nCases: the same.\n"), ended.err


def test_nothing_changed_is_said(pair: Path) -> None:
    """An empty difference is not an empty page."""
    assert command("diff", "old.yaml", "old.yaml", cwd=pair).out == "No change.\nCases: the same.\n"
