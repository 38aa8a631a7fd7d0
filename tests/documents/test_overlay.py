"""Overlays are judged before they change anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.documents.overlay import Verb, read_overlay
from conformance.errors import DocumentError

HEAD = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\n"


def refusal(tmp_path: Path, text: str) -> str:
    (tmp_path / "o.yaml").write_text(text)
    with pytest.raises(DocumentError) as raised:
        read_overlay(tmp_path / "o.yaml", "o.yaml")
    return str(raised.value)


REFUSED = {
    "overlay: 1.2.0\n": "o.yaml:1: Overlay 1.2.0 is not supported; expected overlay: 1.0.0 or overlay: 1.1.0",
    "a: 1\noverlay: 1.1\n": (
        "o.yaml:2: Overlay 1.1 is not supported; expected overlay: 1.0.0 or overlay: 1.1.0"
    ),
    "asyncapi: 3.0.0\n": "o.yaml:1: not an overlay; expected the key overlay at the top",
    HEAD: "o.yaml:1: the document has no 'actions' (it is required here)",
    HEAD + "actions: []\n": "o.yaml:3: /actions is a list; expected at least 1 elements",
    HEAD + "actions: [{}]\n": "o.yaml:3: /actions/0 has no 'target' (it is required here)",
    HEAD + "actions:\n- target: info\n": 'o.yaml:4: /actions/0/target is "info"; expected a match of ^\\$',
    HEAD + "actions:\n- target: $\n  removes: true\n": (
        "o.yaml:5: unknown key 'removes' in /actions/0; expected only documented keys"
    ),
    HEAD + "actions:\n- {target: $, remove: 1}\n": (
        "o.yaml:4: /actions/0/remove is 1; expected a value of type boolean"
    ),
    HEAD + "actions:\n- {target: $.a}\n- {target: $.a}\n": (
        "o.yaml:3: /actions is a list; expected each element once"
    ),
    HEAD.replace("1.1", "1.0") + "actions:\n- target: $\n  copy: $.a\n": (
        "o.yaml:5: Overlay 1.0.0 knows no 'copy' here (Overlay 1.1.0 does)"
    ),
    "overlay: 1.0.0\ninfo:\n  title: t\n  version: '1'\n  description: d\nactions: [{target: $}]\n": (
        "o.yaml:5: Overlay 1.0.0 knows no 'description' here (Overlay 1.1.0 does)"
    ),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.items())
def test_what_is_no_overlay_is_refused_at_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    """The specification's fields, types and versions."""
    assert refusal(tmp_path, text) == sentence


def test_extensions_are_allowed_everywhere(tmp_path: Path) -> None:
    """Specification Extensions: keys that begin with x-."""
    (tmp_path / "o.yaml").write_text(
        "overlay: 1.1.7\nx-a: 1\ninfo: {title: t, version: '1', x-b: 2}\nactions:\n- {target: $, x-c: 3}\n"
    )
    assert read_overlay(tmp_path / "o.yaml", "o.yaml").title == "t"


@pytest.mark.parametrize(
    ("action", "verb"),
    [
        ("update: {}", Verb.UPDATE),
        ("update: null", Verb.UPDATE),
        ("copy: $.a", Verb.COPY),
        ("remove: true, update: {}", Verb.REMOVE),
        ("remove: true, copy: $.a", Verb.REMOVE),
        ("remove: false, update: {}", Verb.UPDATE),
        ("update: {}, copy: $.a", Verb.NOTHING),
        ("remove: false", Verb.NOTHING),
        ("description: d", Verb.NOTHING),
    ],
)
def test_what_an_action_does(tmp_path: Path, action: str, verb: Verb) -> None:
    """Remove wins; update and copy have no impact beside each other."""
    (tmp_path / "o.yaml").write_text(HEAD + f"actions:\n- {{target: $, {action}}}\n")
    assert [each.verb for each in read_overlay(tmp_path / "o.yaml", "o.yaml").actions] == [verb]
