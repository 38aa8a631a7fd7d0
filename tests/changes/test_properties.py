"""What holds for any two contracts: nothing against itself, the other way round, written in another way."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cases.catalogue import catalogue
from conformance.changes import Side, compare
from conformance.contract import load
from conformance.documents.find import find
from tests.changes.pair import HTTP, TOY, breaks, document, side, told

ROOT = Path(__file__).parents[2]

scalar: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("integer"), "minimum": st.integers(0, 5), "maximum": st.integers(5, 9)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("string"), "minLength": st.integers(0, 3), "pattern": st.just("^a")}
    ),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from("abcd"), min_size=1, unique=True)}),
    st.fixed_dictionaries({"const": st.sampled_from(["x", 1, True])}),
    st.just({"type": ["boolean", "null"]}),
    st.fixed_dictionaries({"not": st.just({"const": "no"}), "title": st.just("t")}),
)


def grown(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    members = st.dictionaries(st.sampled_from(["a", "b", "c"]), children, max_size=3)
    return st.one_of(
        st.builds(
            lambda some, wanted, closed: {
                "type": "object", "properties": some, "required": sorted(wanted & set(some)),
                **({"additionalProperties": False} if closed else {}),
            },
            members, st.sets(st.sampled_from(["a", "b", "c"])), st.booleans(),
        ),
        st.builds(lambda each: {"type": "array", "items": each, "maxItems": 4}, children),
        st.builds(lambda some: {"type": "array", "items": some, "minItems": len(some)},
                  st.lists(children, min_size=1, max_size=3)),
        st.builds(lambda some: {"oneOf": some}, st.lists(children, min_size=2, max_size=3)),
        st.builds(lambda each: {"allOf": [each, {"description": "x"}]}, children),
    )  # fmt: skip


payloads = st.recursive(scalar, grown, max_leaves=6)


def shuffled(value: Any, by: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        by.shuffle(keys)
        return {key: shuffled(value[key], by) for key in keys}
    return [shuffled(each, by) for each in value] if isinstance(value, list) else value


def schemas_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every schema with the container that holds it: (container, key)."""
    for keyword in ("properties",):
        for key in value.get(keyword, {}):
            yield value[keyword], key
            yield from schemas_in(value[keyword][key])
    for keyword in ("oneOf", "allOf"):
        for index, each in enumerate(value.get(keyword, [])):
            yield value[keyword], index
            yield from schemas_in(each)
    items = value.get("items")
    if isinstance(items, dict):
        yield value, "items"
        yield from schemas_in(items)
    for index, each in enumerate(items if isinstance(items, list) else []):
        yield items, index
        yield from schemas_in(each)


@settings(max_examples=40, deadline=None)
@given(payload=payloads)
def test_nothing_changed_against_itself(payload: Any) -> None:
    """diff(A, A) is empty, cases too."""
    one = side(told(payload))
    report = compare(one, one)
    assert report.changes == ()
    assert not any((report.cases.appear, report.cases.vanish, report.cases.changed, report.cases.renamed))


@settings(max_examples=60, deadline=None)
@given(payload=payloads, data=st.data())
def test_what_is_written_in_another_way_breaks_nobody(payload: Any, data: st.DataObject) -> None:
    """Order of keys, JSON for YAML, a schema moved behind `$ref`: nothing but harmless."""
    new = copy.deepcopy(payload)
    places = list(schemas_in(new))
    shared = {}
    if places:
        holder, key = data.draw(st.sampled_from(places))
        shared["Part"] = holder[key]
        holder[key] = {"$ref": "#/components/schemas/Part"}
    by = random.Random(data.draw(st.integers(0, 99)))
    other = json.dumps(shuffled(told(new, shared=shared), by), indent=1)
    report = compare(side(told(payload)), side(other, "b.json"))
    assert breaks(report.changes) == "nobody", [(each.kind, each.says) for each in report.changes]


LOOSER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "integer", "minimum": 3}, {"type": "integer", "minimum": 2}),
    ({"type": "integer", "exclusiveMaximum": 3}, {"type": "integer", "maximum": 3}),
    ({"type": "integer"}, {"type": "number"}),
    ({"enum": ["a"]}, {"enum": ["a", "b"]}),
    ({"const": "a"}, {"type": "string"}),
    ({"type": "string", "maxLength": 3}, {"type": "string"}),
    ({"type": "string", "pattern": "a"}, {"type": "string"}),
    ({"type": "array", "uniqueItems": True}, {"type": "array"}),
    ({"type": "array", "items": {"type": "integer"}}, {"type": "array"}),
    ({"type": "object", "required": ["a"]}, {"type": "object"}),
    ({"type": "object", "additionalProperties": False}, {"type": "object"}),
    ({"type": "integer", "multipleOf": 4}, {"type": "integer", "multipleOf": 2}),
    ({"type": "string", "not": {"const": "a"}}, {"type": "string"}),
    ({"type": "string"}, {"oneOf": [{"type": "string"}, {"type": "null"}]}),
    ({"allOf": [{"minimum": 4}, {"minimum": 6}]}, {"minimum": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("tight", "loose"), LOOSER, ids=[json.dumps(row[1]) for row in LOOSER])
def test_the_other_way_round_it_breaks_the_others(tight: Any, loose: Any) -> None:
    """Loosening what the target sends breaks clients, tightening it the server; clients' own: reversed."""
    for sender, looser, tighter in (("send", "clients", "server"), ("receive", "server", "clients")):
        for within in (lambda each: each, lambda each: {"type": "object", "properties": {"deep": each}}):
            old, new = side(told(within(tight), sender)), side(told(within(loose), sender))
            assert breaks(compare(old, new).changes) == looser
            assert breaks(compare(new, old).changes) == tighter
            assert len(compare(old, new).changes) == 1


@settings(max_examples=40, deadline=None)
@given(old=payloads, new=payloads)
def test_every_clause_that_differs_is_told_or_the_same(old: Any, new: Any) -> None:
    """Between any two contracts: a clause id that only one has stands in a change; and reversed, the same
    number of clauses is told."""
    one, other = side(told(old)), side(told(new))
    report, reverse = compare(one, other), compare(other, one)
    gone = {each for change in report.changes for each in change.gone} | {each for each, _ in report.renamed}
    come = {each for change in report.changes for each in change.come} | {each for _, each in report.renamed}
    lost = set(one.catalogue.clauses) - set(other.catalogue.clauses)
    found = set(other.catalogue.clauses) - set(one.catalogue.clauses)
    assert lost <= gone, lost - gone
    assert found <= come, found - come
    assert bool(report.changes) == bool(reverse.changes)


@pytest.mark.parametrize("text", [TOY, HTTP], ids=["websocket", "http"])
def test_another_title_and_another_file_break_nobody(text: str) -> None:
    """The document's name is in every id; the promises are the same."""
    new = document(text)
    new["info"]["title"] = "Something else"
    report = compare(side(text), side(new))
    assert breaks(report.changes) == "nobody"
    assert {each.kind for each in report.changes} == {"service-renamed", "text"}
    assert report.cases.appear == report.cases.vanish == report.cases.changed == ()
    assert report.cases.renamed


def edited(tmp_path: Path, *pairs: tuple[str, str]) -> Side:
    """A copy of the shipped documents with some texts replaced."""
    for path in sorted((ROOT / "specs").rglob("*.yaml")):
        text = path.read_text("utf-8")
        for old, new in pairs:
            text = text.replace(old, new)
        there = tmp_path / path.relative_to(ROOT / "specs")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text, "utf-8")
    return shipped(tmp_path)


def shipped(folder: Path) -> Side:
    sources = find(folder)
    contract = load(sources)
    return Side(contract, catalogue(contract, sources.scenarios))


def test_the_shipped_documents_against_an_edited_copy(tmp_path: Path) -> None:
    """A position inserted into a shared array is one change, however many messages use it."""
    size = "One trade.\n      type: array\n      minItems: {0}\n      maxItems: {0}"
    row = "        - {title: side, allOf: [{$ref: '#/components/schemas/Side'}]}\n"
    new = "        - {title: liquidity, type: string, enum: [maker, taker]}\n"
    old = shipped(ROOT / "specs")
    report = compare(old, edited(tmp_path, (row, row + new), (size.format(5), size.format(6))))
    (change,) = report.changes
    assert change.kind == "position-inserted"
    assert "position 4 `liquidity` inserted: every later position moves" in change.says
    assert change.clients
    assert change.server
    assert len(change.come) == 8
    assert len(report.cases.appear) == 2
    assert report.cases.vanish == ()


def test_the_shipped_documents_reformatted(tmp_path: Path) -> None:
    """Written by another tool, in another order: no change at all."""
    for path in sorted((ROOT / "specs").rglob("*.yaml")):
        there = tmp_path / path.relative_to(ROOT / "specs")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(yaml.safe_dump(yaml.safe_load(path.read_text("utf-8")), sort_keys=False), "utf-8")
    report = compare(shipped(ROOT / "specs"), shipped(tmp_path))
    assert report.changes == ()
    assert report.cases.changed == ()
