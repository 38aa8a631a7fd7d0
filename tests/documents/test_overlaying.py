"""Actions change a copy of the document, as OpenAPI Overlay Specification 1.1.0 says."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent, indent

import pytest

from conformance.documents.overlay import read_overlay
from conformance.documents.overlaying import apply
from conformance.documents.spots import Spot
from conformance.documents.tree import Tree
from conformance.errors import DocumentError
from tests.documents.build import tree_of

HEAD = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n"
DOCUMENT = """\
name: one
tags: [red, blue]
shop:
  open: true
  staff: [{name: Ann, age: 30}, {name: Bob, age: 40}]
  extra: null
other:
  shop: {$ref: '#/shop'}
"""


def measured(value: object, spot: Spot) -> int:
    """How many values there are; the lines beside them have the same shape and know it."""
    inner: list[tuple[object, Spot]] = []
    if isinstance(value, dict):
        assert set(value) == set(spot.members) == set(spot.keys)
        inner = [(value[key], spot.members[key]) for key in value]
    elif isinstance(value, list):
        inner = list(zip(value, spot.elements, strict=True))
    size = 1 + sum(measured(*each) for each in inner)
    assert spot.size == size
    return size


def applied(tmp_path: Path, actions: str, document: str = DOCUMENT) -> tuple[Tree, frozenset[int]]:
    """The document under these actions; the document itself stays as it was."""
    (tmp_path / "o.yaml").write_text(HEAD + indent(dedent(actions), "  "))
    tree = tree_of(document)
    before = json.dumps(tree.value)
    changed, done = apply(tree, read_overlay(tmp_path / "o.yaml", "o.yaml"))
    assert json.dumps(tree.value) == before
    measured(tree.value, tree.spot)
    measured(changed.value, changed.spot)
    assert changed.sha256 == tree.sha256
    return changed, done


def got(tmp_path: Path, actions: str, pointer: str, document: str = DOCUMENT) -> object:
    node = applied(tmp_path, actions, document)[0].node(pointer)
    return node.value if node is not None else "nothing"


CHANGED = {
    "a map is merged by its keys": (
        "- {target: $.shop, update: {open: false, new: {a: 1}}}",
        "/shop",
        {"open": False, "staff": [{"name": "Ann", "age": 30}, {"name": "Bob", "age": 40}],
         "extra": None, "new": {"a": 1}},
    ),
    "maps in maps are merged": ("- {target: $, update: {other: {a: 1}}}", "/other",
                                {"shop": {"$ref": "#/shop"}, "a": 1}),
    "lists in maps are concatenated": ("- {target: $, update: {tags: [green]}}", "/tags",
                                       ["red", "blue", "green"]),
    "a list gets a list": ("- {target: $.tags, update: [green, blue]}", "/tags",
                           ["red", "blue", "green", "blue"]),
    "a list gets a map": ("- {target: $.tags, update: {a: 1}}", "/tags", ["red", "blue", {"a": 1}]),
    "a list gets a value": ("- {target: $.tags, update: green}", "/tags", ["red", "blue", "green"]),
    "a list gets a null": ("- {target: $.tags, update: null}", "/tags", ["red", "blue", None]),
    "a value is replaced": ("- {target: $.name, update: 2}", "/name", 2),
    "a null is a value like others": ("- {target: $.shop, update: {extra: 1}}", "/shop/extra", 1),
    "many nodes": ("- {target: '$.shop.staff[*].age', update: 5}", "/shop/staff/1/age", 5),
    "a node that is selected twice is one node": (
        "- {target: \"$['tags','tags']\", update: green}", "/tags", ["red", "blue", "green"],
    ),
    "an element is removed": ("- {target: \"$.tags[?@=='red']\", remove: true}", "/tags", ["blue"]),
    "elements are removed by the indices they had": (
        "- {target: '$.tags[0,1]', remove: true}", "/tags", [],
    ),
    "a map and what is in it are removed": ("- {target: '$..staff', remove: true}\n"
                                            "- {target: '$.shop..*', remove: true}", "/shop", {}),
    "removed, then made again": (
        "- {target: $.tags, remove: true}\n- {target: $, update: {tags: [green]}}", "/tags", ["green"],
    ),
    "remove wins": ("- {target: $.tags, remove: true, update: green}", "/tags", "nothing"),
    "a copy into a map": ("- {target: $.other, copy: '$.shop.staff[0]'}", "/other",
                          {"shop": {"$ref": "#/shop"}, "name": "Ann", "age": 30}),
    "a copy into a list": ("- {target: $.tags, copy: $.name}", "/tags", ["red", "blue", "one"]),
    "a copy of a list behind a list": ("- {target: $.tags, copy: $.tags}", "/tags",
                                       ["red", "blue", "red", "blue"]),
    "a copy over a value": ("- {target: $.name, copy: '$.tags[1]'}", "/name", "blue"),
    "what was copied is its own from then on": (
        "- {target: $, update: {a: {}, b: {}}}\n- {target: $.a, update: {list: [1]}}\n"
        "- {target: $.b, copy: $.a}\n- {target: $.a.list, update: 2}\n- {target: $.b.list, update: 3}",
        "/b", {"list": [1, 3]},
    ),
    "a copy into itself ends": ("- {target: $.shop, copy: $}", "/shop/shop/open", True),
    "a move": (
        "- {target: $, update: {moved: {}}}\n- {target: $.moved, copy: $.shop}\n"
        "- {target: $.shop, remove: true}", "/moved/open", True,
    ),
    "a target sees a reference as it is written": (
        "- {target: \"$.other.shop['$ref']\", update: '#/name'}", "/other/shop", {"$ref": "#/name"},
    ),
    "a target does not look through a reference": (
        "- {target: $.other.shop.staff, update: 1}", "/other/shop", {"$ref": "#/shop"},
    ),
    "actions without a verb do nothing": ("- {target: $, update: {a: 1}, copy: $.name}", "/a", "nothing"),
}  # fmt: skip


@pytest.mark.parametrize(("actions", "pointer", "result"), CHANGED.values(), ids=CHANGED)
def test_what_actions_make(tmp_path: Path, actions: str, pointer: str, result: object) -> None:
    """Maps merge, lists grow, other values are replaced; each action sees what the one before it left."""
    assert got(tmp_path, actions, pointer) == result


def test_which_actions_selected_something(tmp_path: Path) -> None:
    """A target that selects nothing is no error."""
    actions = "- {target: $.nope, remove: true}\n- {target: $.name, update: x}\n- {target: $.no, copy: $.no}"
    assert applied(tmp_path, actions)[1] == {1}


def test_a_document_that_nothing_changed_is_the_same(tmp_path: Path) -> None:
    """Nobody pays for an overlay that is for another document."""
    (tmp_path / "o.yaml").write_text(HEAD + "  - {target: $.nope, update: 1}\n")
    tree = tree_of(DOCUMENT)
    assert apply(tree, read_overlay(tmp_path / "o.yaml", "o.yaml"))[0] is tree


REFUSED = {
    "- {target: $.shop, update: [1]}": (
        "o.yaml:4: a list cannot be merged with a map: /shop at a.yaml:3; expected a map "
        "(an earlier action can remove what stands there)"
    ),
    "- target: $\n  update:\n    shop:\n      staff: {a: 1}": (
        "o.yaml:7: a map cannot be merged with a list: /shop/staff at a.yaml:5; expected a list "
        "(an earlier action can remove what stands there)"
    ),
    "- {target: $.name, update: {a: 1}}": (
        "o.yaml:4: a map cannot be merged with a single value: /name at a.yaml:1; expected a single value "
        "(an earlier action can remove what stands there)"
    ),
    "- target: $.shop\n  copy: $.tags": (
        "o.yaml:5: a list cannot be merged with a map: /shop at a.yaml:3; expected a map "
        "(an earlier action can remove what stands there)"
    ),
    "- {target: $.*, update: 1}": (
        "o.yaml:4: the target selects a list and a map and a single value; expected nodes of one kind"
    ),
    "- {target: $, remove: true}": (
        "o.yaml:4: the whole document cannot be removed; expected a target inside the document"
    ),
    "- target: $.name\n  copy: $.tags[*]": (
        "o.yaml:5: copy selects 2 nodes in a.yaml; expected exactly one node"
    ),
    "- target: $.name\n  copy: $.nope": (
        "o.yaml:5: copy selects no nodes in a.yaml; expected exactly one node"
    ),
}


@pytest.mark.parametrize(("actions", "sentence"), REFUSED.items())
def test_what_cannot_be_merged_is_refused(tmp_path: Path, actions: str, sentence: str) -> None:
    """Other property value combinations are incompatible and result in an error."""
    with pytest.raises(DocumentError) as raised:
        applied(tmp_path, actions)
    assert str(raised.value) == sentence


def test_a_copy_may_not_multiply_a_document(tmp_path: Path) -> None:
    """Each of these doubles it."""
    actions = "".join(
        f"- {{target: $, update: {{k{n}: {{}}}}}}\n- {{target: $.k{n}, copy: $.shop}}\n"
        f"- {{target: $.shop, update: {{c{n}: {{}}}}}}\n- {{target: $.shop.c{n}, copy: $.shop}}\n"
        for n in range(40)
    )
    with pytest.raises(DocumentError, match=r"o\.yaml:\d+: this (action makes|nests)"):
        applied(tmp_path, actions)


def test_an_update_may_not_nest_without_end(tmp_path: Path) -> None:
    """Values stay as deep as those of a document may be."""
    deep = "{a: " * 60 + "{}" + "}" * 60
    target = "$" + ".a" * 60
    with pytest.raises(DocumentError, match=r"o\.yaml:5: this nests values more than 100 deep"):
        applied(tmp_path, f"- {{target: $, update: {deep}}}\n- {{target: {target}, update: {deep}}}")


def test_an_alias_is_changed_in_one_place(tmp_path: Path) -> None:
    """A value that a document repeats is not changed where it was not selected."""
    document = "a: &a {x: {y: [1]}}\nb: *a\nc: *a\n"
    changed, _ = applied(
        tmp_path, "- {target: $.a.x.y, update: 2}\n- {target: $.c.x, update: {z: 1}}", document
    )
    assert changed.value == {
        "a": {"x": {"y": [1, 2]}}, "b": {"x": {"y": [1]}}, "c": {"x": {"y": [1], "z": 1}},
    }  # fmt: skip


WHERE = """
- target: $.shop
  update:
    open: false
    sign:
      text: hello
- target: $.tags
  update:
    - green
- target: $.name
  update: two
- target: $.other
  copy: $.shop.staff[0]
"""


@pytest.mark.parametrize(
    ("pointer", "where"),
    [
        ("/shop", "a.yaml:3"),
        ("/shop/staff", "a.yaml:5"),
        ("/shop/open", "o.yaml:6"),
        ("/shop/sign", "o.yaml:7"),
        ("/shop/sign/text", "o.yaml:8"),
        ("/tags/1", "a.yaml:2"),
        ("/tags/2", "o.yaml:11"),
        ("/name", "o.yaml:13"),
        ("/other", "a.yaml:7"),
        ("/other/age", "a.yaml:5"),
        ("", "a.yaml:1"),
    ],
)
def test_every_value_knows_who_said_it(tmp_path: Path, pointer: str, where: str) -> None:
    """What an overlay brought has its file and line; what stayed, and what was copied, has the document's."""
    tree, _ = applied(tmp_path, WHERE.lstrip("\n"))
    node = tree.node(pointer)
    assert node is not None
    assert str(node.where) == where
    assert str(tree.where(pointer)) == where
