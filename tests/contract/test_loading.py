"""Documents become one contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract import load
from conformance.documents.find import find
from conformance.errors import DocumentError
from tests.contract.build import CHAT

HEALTH = "openapi: 3.1.0\ninfo: {title: Toy Health, version: '1'}\npaths: {}\n"
SCENARIOS = """\
scenarios: 1
service: toy-chat
cases:
  - {name: says-nothing, family: commands, says: Nothing is said., level: should, steps: []}
"""


def test_a_folder_becomes_a_contract(tmp_path: Path) -> None:
    """Services by name, clauses of documents and scenarios in one map."""
    (tmp_path / "a.yaml").write_text(CHAT)
    (tmp_path / "b.yaml").write_text(HEALTH)
    (tmp_path / "c.yaml").write_text(SCENARIOS)
    contract = load(find(tmp_path))
    assert list(contract.services) == ["toy-chat", "toy-health"]
    assert contract.services["toy-chat"].file == "a.yaml"
    clause = contract.clauses["toy-chat/scenarios/says-nothing"]
    assert (clause.says, clause.level, clause.provenance, str(clause.where)) == (
        "Nothing is said.",
        "should",
        "assumed",
        "c.yaml:4",
    )


def test_names_can_be_given(tmp_path: Path) -> None:
    """NAME=FILE and overrides win over the document's own name."""
    (tmp_path / "a.yaml").write_text(CHAT)
    path = tmp_path / "a.yaml"
    assert list(load(find(asyncapi=[f"chat={path}"])).services) == ["chat"]
    assert list(load(find(asyncapi=[str(path)]), {path: "other"}).services) == ["other"]


def test_a_name_belongs_to_one_document(tmp_path: Path) -> None:
    """Two services of one name could not be told apart in any id."""
    (tmp_path / "a.yaml").write_text(CHAT)
    (tmp_path / "b.yaml").write_text(CHAT)
    with pytest.raises(DocumentError) as raised:
        load(find(tmp_path))
    assert str(raised.value) == (
        "b.yaml: the name 'toy-chat' is already that of a.yaml; expected each document by a name of its own "
        "(give one as NAME=FILE, or as info.x-conformance.name)"
    )


def test_a_value_comes_from_one_source(tmp_path: Path) -> None:
    """Value names are one name space."""
    source = "{operation: speak, message: said, values: {ref: /ref}, scope: run}"
    (tmp_path / "a.yaml").write_text(CHAT + f"x-conformance:\n  sources:\n    x: {source}\n    y: {source}\n")
    with pytest.raises(
        DocumentError, match=r"^a\.yaml:\d+: the value 'ref' already comes from the source at a\.yaml:\d+"
    ):
        load(find(tmp_path))


def test_a_scenario_document_is_no_service(tmp_path: Path) -> None:
    """Given as a service it is refused."""
    (tmp_path / "c.yaml").write_text(SCENARIOS)
    with pytest.raises(
        DocumentError, match="a scenario document stands for no service; expected AsyncAPI or OpenAPI"
    ):
        load(find(asyncapi=[str(tmp_path / "c.yaml")]))


def test_schemas_of_other_files_are_judged_too(tmp_path: Path) -> None:
    """A fragment is not a checked document, but its schemas are."""
    (tmp_path / "a.yaml").write_text(
        CHAT.replace("text: {type: string}", "text: {$ref: 'parts/x.yaml#/Text'}")
    )
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "x.yaml").write_text("Text: {type: string}\n")
    assert "toy-chat/say/text/type" in load(find(asyncapi=[str(tmp_path / "a.yaml")])).clauses
    (tmp_path / "parts" / "x.yaml").write_text("\nText: {type: text}\n")
    with pytest.raises(DocumentError, match=r'x\.yaml:2: /Text/type is "text"; expected one of null'):
        load(find(asyncapi=[str(tmp_path / "a.yaml")]))
