"""An overlay: a document that says how another is to be changed before it is read.

OpenAPI Overlay Specification 1.0.0 and 1.1.0, "Overlay Object" and "Action Object". Both versions are applied
by the rules of 1.1.0: what 1.0.0 leaves open (lists in a merge, a list for a list) it settles, and what 1.0.0
forbids (a target that is neither map nor list) it allows, as tools have always done.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import jsonschema_rs

from conformance.documents.keywords import META
from conformance.documents.loader import load_tree
from conformance.documents.spots import Spot
from conformance.documents.structure import problems, raise_first
from conformance.documents.tree import Node, Tree
from conformance.errors import DocumentError

VERSION = re.compile(r"1\.([01])\.\d+")


class Verb(StrEnum):
    """What an action does to the nodes that its target selects."""

    UPDATE = "update"
    COPY = "copy"
    REMOVE = "remove"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Action:
    """One Action Object."""

    node: Node
    verb: Verb

    @property
    def target(self) -> Node:
        """The JSONPath query that selects what is changed."""
        return self.node.get("target") or self.node

    @property
    def brought(self) -> Node:
        """``update``, or the query that ``copy`` is."""
        return self.node.get(self.verb.value) or self.node


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay document. ``name`` is the document that the command line says it is for, or None."""

    tree: Tree
    actions: tuple[Action, ...]
    name: str | None = None

    @property
    def title(self) -> str:
        """What it calls itself."""
        return self.tree.root.text("info", "title")

    @property
    def extends(self) -> Node | None:
        """The URI reference of the document that it is for."""
        return self.tree.root.get("extends")


def read_overlay(path: Path, shown: str, name: str | None = None) -> Overlay:
    """Read an overlay; all its values know that they come from it.

    Raises DocumentError for what is no Overlay 1.0 or 1.1 document, with file, line and what was expected.
    """
    tree = load_tree(path, shown)
    root = tree.root
    version = root.get("overlay")
    if version is None:
        raise DocumentError(f"{shown}:1", "not an overlay", expected="the key overlay at the top")
    found = VERSION.fullmatch(version.value) if isinstance(version.value, str) else None
    if found is None:
        raise version.refuse(
            f"Overlay {version.value} is not supported", expected="overlay: 1.0.0 or overlay: 1.1.0"
        )
    wrong = problems(root, _validator())
    if found[1] == "0":
        newer = [root.get("info", "description"), *(each.get("copy") for each in root.listed("actions"))]
        wrong += [
            node.refuse(f"Overlay {version.value} knows no {node.key!r} here", hint="Overlay 1.1.0 does")
            for node in newer
            if node is not None
        ]
    raise_first(wrong)
    _mark(tree.spot, shown)
    return Overlay(tree, tuple(Action(each, _verb(each)) for each in root.listed("actions")), name)


def _verb(action: Node) -> Verb:
    """``remove`` wins; ``update`` and ``copy`` together have, as specified, no impact at all."""
    remove = action.get("remove")
    if remove is not None and remove.value is True:
        return Verb.REMOVE
    given = [verb for verb in (Verb.UPDATE, Verb.COPY) if action.get(verb.value) is not None]
    return given[0] if len(given) == 1 else Verb.NOTHING


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    schema = json.loads((META / "overlay-1.x.json").read_text("utf-8"))
    return jsonschema_rs.Draft202012Validator(schema, offline=True)


def _mark(spot: Spot, source: str) -> None:
    waiting = [spot]
    while waiting:
        each = waiting.pop()
        if each.source != source:
            each.source = source
            waiting += each.members.values()
            waiting += each.elements
