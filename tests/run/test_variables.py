"""Values that the user gives: by which names, and which of them fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.errors import UsageError
from conformance.run.targets import Given, make_target
from tests.foreign.beacon import document, written

BINDING = {
    "query": {
        "type": "object",
        "properties": {
            "beat": {"type": "boolean"},
            "depth": {"type": ["integer", "null"]},
            "mode": {"type": "string", "enum": ["slow", "fast"]},
            "note": {"type": "string"},
            "pair": {"enum": [f"coin{number}" for number in range(60)]},
        },
    }
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    folder: Path = tmp_path_factory.mktemp("beacon")
    made = document(address="/lamps/{lamp}/{side}", binding=BINDING)
    made["channels"]["lamp"]["parameters"] = {"lamp": {"enum": ["red", "green"]}, "side": {}}
    payload = made["channels"]["lamp"]["messages"]["lamp"]["payload"]
    payload["properties"]["pier"] = {"type": "string", "x-conformance": {"source": "pier"}}
    return load(find(asyncapi=[written(folder, made)]))


def given(contract: Contract, **values: object) -> dict[str, object]:
    return dict(make_target(contract, Given(urls=("ws://127.0.0.1:9/",), values=values)).values)


@pytest.mark.parametrize(
    "values",
    [
        {"pier": "west"},  # no source gives it: a command's schema asks for it
        {"lamp": "green", "side": "anything at all"},
        {"beat": True},
        {"beat": "false", "depth": 5, "mode": "fast", "note": "5"},
        {"depth": "-5"},
    ],
)
def test_values_that_fit_are_taken(contract: Contract, values: dict[str, object]) -> None:
    """As text or as JSON, and where nothing is listed, whatever it is."""
    assert given(contract, **values) == values


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"lamp": "blue"},
            "--value lamp=blue: the address of beacon has no such value (expected red or green)",
        ),
        (
            {"beat": "maybe"},
            "--value beat=maybe: the query parameter beat of beacon has no such value "
            "(expected true or false)",
        ),
        (
            {"depth": "5.5"},
            "--value depth=5.5: the query parameter depth of beacon has no such value "
            "(expected integer or null)",
        ),
        (
            {"mode": "FAST"},
            "--value mode=FAST: the query parameter mode of beacon has no such value (expected slow or fast)",
        ),
        (
            {"pair": "coin60"},
            "--value pair=coin60: the query parameter pair of beacon has no such value (expected one of "
            "coin0, coin1, coin2, coin3, coin4, coin5, coin6, coin7, … (60 in all))",
        ),
        ({"peer": "west"}, "--value peer: no such name in the documents (did you mean pier?)"),
    ],
)
def test_values_that_do_not_fit_are_refused(
    contract: Contract, values: dict[str, object], sentence: str
) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError) as raised:
        given(contract, **values)
    assert str(raised.value) == sentence


def test_a_value_that_no_source_gives_is_noted(contract: Contract) -> None:
    """Lint tells of it; a run need not."""
    (note,) = [each for each in contract.notes if each.rule == "unsourced-value"]
    assert note.says == "no source gives pier: what asks for it is sent only with --value pier=…"
    assert not note.loud
    assert note.where.pointer.endswith("/lamp/payload/properties/pier")


def test_a_parameter_of_asyncapi_2_is_listed_in_its_schema(tmp_path: Path) -> None:
    """There the enumeration is the schema's."""
    text = """\
asyncapi: 2.6.0
info: {title: Old, version: '1'}
channels:
  /{lamp}:
    parameters: {lamp: {schema: {type: string, enum: [red]}}}
    subscribe: {message: {name: lit, payload: {type: object}}}
"""
    (tmp_path / "old.yaml").write_text(text, "utf-8")
    old = load(find(asyncapi=[str(tmp_path / "old.yaml")]))
    with pytest.raises(UsageError, match="expected red"):
        given(old, lamp="blue")
    assert given(old, lamp="red") == {"lamp": "red"}
