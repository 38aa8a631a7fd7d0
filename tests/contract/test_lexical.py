"""Who promised it: provenance by place, and by the file that brought it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract import load
from conformance.contract.lexical import Lexical
from conformance.documents.find import find
from conformance.documents.overlay import read_overlay
from conformance.documents.overlaying import apply
from tests.contract.build import CHAT
from tests.documents.build import tree_of

DOCUMENT = """\
plain: {a: {b: 1}}
marked:
  x-provenance: assumed
  a: {x-provenance: published, b: 1}
  c: 1
  d: {e: 1}
stated: {x-provenance: published, a: 1}
"""
OVERLAY = """\
overlay: 1.1.0
info: {title: t, version: '1'}
actions:
- {target: $, update: {new: {a: {x-provenance: published, b: [1]}, c: 1}, copied: {}, moved: {}}}
- {target: $.plain.a, update: {b: 2, c: {d: 1}}}
- {target: $.marked, update: {f: 1}}
- {target: $.stated, update: {b: 1}}
- {target: $.copied, copy: $.plain}
- {target: $.moved, copy: $.marked.d}
- {target: $.plain, update: {said: {x-provenance: published, a: 1}}}
"""


@pytest.mark.parametrize(
    ("pointer", "provenance"),
    [
        ("/plain/a", "published"),
        ("/plain/a/b", "assumed"),
        ("/plain/a/c/d", "assumed"),
        ("/plain/said/a", "published"),
        ("/marked/a/b", "published"),
        ("/marked/c", "assumed"),
        ("/marked/f", "assumed"),
        ("/stated/a", "published"),
        ("/stated/b", "assumed"),
        ("/new", "assumed"),
        ("/new/a/b", "published"),
        ("/new/a/b/0", "published"),
        ("/new/c", "assumed"),
        ("/copied", "assumed"),
        ("/copied/a", "published"),
        ("/copied/a/b", "assumed"),
        ("/moved/e", "published"),
    ],
)
def test_what_an_overlay_brought_is_assumed(tmp_path: Path, pointer: str, provenance: str) -> None:
    """Unless the overlay marks it; what the document says stays what it was, wherever it is put."""
    (tmp_path / "o.yaml").write_text(OVERLAY)
    tree, done = apply(tree_of(DOCUMENT), read_overlay(tmp_path / "o.yaml", "o.yaml"))
    assert len(done) == 7
    node = tree.node(pointer)
    assert node is not None
    assert Lexical().provenance(node) == provenance


def test_a_mark_of_an_overlay_is_for_all_that_stands_there(tmp_path: Path) -> None:
    """Whoever completes a document may know better: of what it says, and of what is added."""
    (tmp_path / "o.yaml").write_text(
        OVERLAY.partition("actions:")[0] + "actions:\n"
        "- {target: $.plain, update: {x-provenance: assumed}}\n"
        "- {target: $.marked.d, update: {x-provenance: published, f: 1}}\n"
    )
    tree, _ = apply(tree_of(DOCUMENT), read_overlay(tmp_path / "o.yaml", "o.yaml"))
    lexical = Lexical()
    for pointer, provenance in {
        "/plain/a/b": "assumed",
        "/marked/d/e": "published",
        "/marked/d/f": "published",
    }.items():
        node = tree.node(pointer)
        assert node is not None
        assert lexical.provenance(node) == provenance


def test_clauses_of_an_overlay(tmp_path: Path) -> None:
    """They point to the overlay's line and are assumed; all others stay as they are."""
    (tmp_path / "chat.yaml").write_text(CHAT)
    before = load(find(tmp_path))
    (tmp_path / "chat.overlay.yaml").write_text(
        "overlay: 1.0.0\n"
        "info: {title: Chat, version: '1'}\n"
        "actions:\n"
        "- target: $.channels.room.messages.say.payload.properties.text\n"
        "  update:\n"
        "    minLength: 1\n"
        "- target: $.channels.room.messages.said.payload.required\n"
        "  update: people\n"
        "- target: $.operations.speak\n"
        "  update:\n"
        "    x-conformance:\n"
        "      within_ms: 500\n"
    )
    after = load(find(tmp_path))
    added = {name: clause for name, clause in after.clauses.items() if name not in before.clauses}
    assert {name: (str(each.where), each.provenance) for name, each in added.items()} == {
        "toy-chat/say/text/minLength": ("chat.overlay.yaml:6", "assumed"),
        "toy-chat/speak/within": ("chat.overlay.yaml:12", "assumed"),
    }
    said = "toy-chat/said/required"
    changed = {name for name in before.clauses if after.clauses[name].where != before.clauses[name].where}
    assert changed == {said}
    assert (str(after.clauses[said].where), after.clauses[said].provenance) == (
        "chat.overlay.yaml:8",
        "assumed",
    )
    assert {each.provenance for name, each in after.clauses.items() if name not in {*added, said}} == {
        "published"
    }
    assert [each.file for each in after.overlays] == ["chat.overlay.yaml"]
    assert after.services["toy-chat"].sha256 == before.services["toy-chat"].sha256
