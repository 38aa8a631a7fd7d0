"""The small map of clause ids: as a dictionary of the same members is, in a third of the memory."""

from sys import getsizeof

import pytest

from conformance.contract.named import Named
from tests.contract.build import payload_of

IDS = {"type": "m/type", "pattern": "m/pattern", "maxLength": "m/maxLength"}
MADE = Named(tuple(IDS), tuple(IDS.values()))


def test_it_is_what_a_dictionary_is() -> None:
    """The same members in the same order, found by name and by no other."""
    assert MADE == IDS
    assert list(MADE.items()) == list(IDS.items())
    assert list(MADE.values()) == list(IDS.values())
    assert len(MADE) == len(IDS)
    assert MADE.get("pattern") == "m/pattern"
    assert "minimum" not in MADE
    assert MADE.get("minimum", "") == ""
    with pytest.raises(KeyError, match="minimum"):
        MADE["minimum"]


def test_it_is_small_and_stays_as_it_is() -> None:
    """No dictionary hides in it, and nothing can be put into it."""
    assert not hasattr(MADE, "__dict__")
    assert getsizeof(MADE) + getsizeof(tuple(IDS.values())) < getsizeof(IDS)
    with pytest.raises(TypeError):
        MADE["minimum"] = "m/minimum"  # type: ignore[index]


def test_the_nodes_of_a_schema_share_the_names_of_their_keywords() -> None:
    """Fields that promise the same keywords hold the names once, those of none one empty map."""
    schema = payload_of(
        "properties: {a: {$ref: '#/components/schemas/P'}, b: {$ref: '#/components/schemas/P'}, c: {},"
        " d: {}}",
        "P: {type: string, minLength: 1}",
    )
    a, b, c, d = (schema.properties[name].clauses for name in "abcd")
    assert [each.rpartition("/")[2] for each in a.values()] == sorted(a) == ["minLength", "type"]
    assert a.get("type", "").split("/")[-2:] == ["a", "type"]
    assert isinstance(a, Named)
    assert isinstance(b, Named)
    assert a._names is b._names
    assert c is d
    assert not c
