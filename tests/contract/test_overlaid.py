"""A document and an overlay promise what the whole document promised, and it shows who promised what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import load
from conformance.documents.find import find
from conformance.documents.loader import load_tree

DOCUMENTS = [path for _, path in find().asyncapi]
OURS = ("x-conformance", "reply", "security", "correlationId")


def unmarked(value: Any) -> Any:
    """A copy without marks of provenance: all of it is published."""
    if isinstance(value, dict):
        return {key: unmarked(each) for key, each in value.items() if key != "x-provenance"}
    return [unmarked(each) for each in value] if isinstance(value, list) else value


def taken(value: Any, path: str = "$") -> Iterator[dict[str, Any]]:
    """Take out what AsyncAPI documents leave out as a rule; the actions that bring it back."""
    inner = (
        enumerate(value)
        if isinstance(value, list)
        else list(value.items())
        if isinstance(value, dict)
        else ()
    )
    for key, each in inner:
        yield from taken(each, f"{path}[{key!r}]")
    if isinstance(value, dict) and path not in ("$['info']", "$['servers']"):
        names = OURS if "properties" not in path.split("[")[-1] else ()
        update = {key: value.pop(key) for key in names if isinstance(value.get(key), dict | list)}
        if update:
            yield {"target": path, "update": update}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.parent.name)
def test_an_overlay_brings_back_what_was_taken(tmp_path: Path, path: Path) -> None:
    """The same clauses; those that the rest does not make are the overlay's, and assumed. No other is."""
    whole = unmarked(load_tree(path).value)
    (tmp_path / "whole.json").write_text(json.dumps(whole, indent=1))
    actions = list(taken(whole))
    (tmp_path / "rest.json").write_text(json.dumps(whole, indent=1))
    overlay = {"overlay": "1.1.0", "info": {"title": "t", "version": "1"}, "actions": actions[::-1]}
    (tmp_path / "over.json").write_text(json.dumps(overlay, indent=1))
    before = load(find(asyncapi=[str(tmp_path / "whole.json")]))
    expected = before.clauses
    rest = load(find(asyncapi=[str(tmp_path / "rest.json")])).clauses
    overlaid = load(find(asyncapi=[str(tmp_path / "rest.json")], overlays=[str(tmp_path / "over.json")]))
    assert [note.says for note in overlaid.notes] == [note.says for note in before.notes]
    assert {note.rule for note in overlaid.notes} <= {"unsourced-value"}  # another document's
    assert {name: each.says for name, each in overlaid.clauses.items()} == {
        name: each.says for name, each in expected.items()
    }
    assert len(expected) - len(rest) > 40
    for name, clause in overlaid.clauses.items():
        ours = name not in rest
        assert clause.where.file.endswith("over.json" if ours else "rest.json"), name
        assert clause.provenance == ("assumed" if ours else "published"), name
