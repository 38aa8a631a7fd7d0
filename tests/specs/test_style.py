"""House rules of the documents: what would silently mean nothing is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml

from .reading import ASYNCAPI, DOCUMENTS, SCENARIOS, SPECS, inside_data, load, walk

MAPS_OF_NAMES = ("operations", "schemas", "properties", "messages", "securitySchemes", "paths", "responses")
PLAIN = {
    "tag:yaml.org,2002:int": re.compile(r"-?(0|[1-9][0-9]*)"),
    "tag:yaml.org,2002:bool": re.compile(r"true|false"),
    "tag:yaml.org,2002:null": re.compile(r"null"),
    "tag:yaml.org,2002:str": re.compile(r"(?![0-9.+-]+[eE][0-9]).*", re.S),
}


def scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Every scalar of a YAML tree that is written without quotes, keys included."""
    if isinstance(node, yaml.ScalarNode):
        if node.style is None:
            yield node
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from scalars(key)
            yield from scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from scalars(value)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_no_extension_where_names_are_expected(path: str) -> None:
    """No x- key stands in an example or in a map whose keys are names: there it would be data or a name."""
    for at, node in walk(load(path)):
        if isinstance(node, dict) and at and (at[-1] in MAPS_OF_NAMES or "examples" in at):
            assert not [key for key in node if str(key).startswith("x-")], "/".join(at)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_no_siblings_of_references(path: str) -> None:
    """Nothing stands beside a $ref, where it would be ignored."""
    for at, node in walk(load(path)):
        if isinstance(node, dict) and "$ref" in node and not inside_data(at):
            assert set(node) == {"$ref"}, "/".join(at)


@pytest.mark.parametrize("path", ASYNCAPI)
def test_positions_and_branches_have_titles(path: str) -> None:
    """Every position of a tuple and every alternative of a payload has a name that a finding can use."""
    for at, node in walk(load(path)):
        if isinstance(node, dict) and isinstance(node.get("items"), list):
            titles = [item["title"] for item in node["items"]]
            assert len(set(titles)) == len(titles), "/".join(at)
            assert all(re.fullmatch("[a-z][a-z0-9_]*", title) for title in titles), "/".join(at)
        for keyword in ("oneOf", "anyOf"):
            if isinstance(node, dict) and keyword in node and not inside_data(at):
                assert all("title" in one or "$ref" in one for one in node[keyword]), "/".join(at)


@pytest.mark.parametrize("path", ASYNCAPI)
def test_maps_are_closed(path: str) -> None:
    """Every map on the wire says what it may hold, and nothing more may stand in it."""
    for at, node in walk(load(path)):
        if isinstance(node, dict) and node.get("type") == "object" and "schemas" in at:
            assert node.get("additionalProperties") is False, "/".join(at)
            assert set(node["required"]) <= set(node["properties"]), "/".join(at)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_integers_are_bounded(path: str) -> None:
    """Every integer on the wire has a lower and an upper bound within 64 bits unsigned."""
    for at, node in walk(load(path)):
        if isinstance(node, dict) and "schemas" in at and "integer" in (node.get("type") or ()):
            assert 0 <= node["minimum"] <= node["maximum"] <= 2**64 - 1, "/".join(at)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_no_binary_floats(path: str) -> None:
    """No field is a floating-point number, and no number in a document is one."""
    for at, node in walk(load(path)):
        assert not isinstance(node, float), "/".join(at)
        if isinstance(node, dict) and "schemas" in at:
            assert "number" not in (node.get("type") or ()), "/".join(at)


@pytest.mark.parametrize("path", ASYNCAPI)
def test_secrets_are_marked(path: str) -> None:
    """Every field that can hold a key says so, and nothing else does."""
    for at, node in walk(load(path)):
        if at and len(at) > 1 and at[-2] == "properties" and isinstance(node, dict):
            assert (node.get("format") == "password") == (at[-1] in ("api_key", "session_key")), "/".join(at)


@pytest.mark.parametrize("path", DOCUMENTS + SCENARIOS)
def test_no_scalar_is_misread(path: str) -> None:
    """No plain scalar is one that YAML 1.1 reads as something else: on, 010, 1:30, a date."""
    for scalar in scalars(yaml.compose((SPECS / path).read_text("utf-8"))):
        line = scalar.start_mark.line + 1
        assert scalar.tag in PLAIN, f"{path}:{line}: {scalar.value} is a {scalar.tag}"
        assert PLAIN[scalar.tag].fullmatch(scalar.value), f"{path}:{line}: {scalar.value}"


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_component_is_used(path: str) -> None:
    """No component stands in a document without being referenced."""
    document = load(path)
    used = {node for at, node in walk(document) if at and at[-1] == "$ref"}
    for kind in ("schemas", "messages", "correlationIds", "securitySchemes"):
        for name in document["components"].get(kind, {}):
            assert f"#/components/{kind}/{name}" in used, f"{kind}/{name}"
