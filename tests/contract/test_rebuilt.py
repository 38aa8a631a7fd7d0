"""A schema that is rebuilt is the same schema: no field is lost or exchanged."""

from __future__ import annotations

from dataclasses import fields

from conformance.contract import load
from conformance.contract.schema import Schema


def test_a_schema_rebuilt_of_the_same_parts_is_the_same() -> None:
    """All fields, of every schema of the contract; together they use nearly every field there is."""
    used: set[str] = set()
    for service in load().services.values():
        for message in service.messages.values():
            for schema in message.payload.walk():
                assert schema.rebuilt(lambda part: part) == schema
                used |= {each.name for each in fields(Schema) if getattr(schema, each.name)}
    assert used >= {"words", "name", "values", "properties", "prefix", "all_of", "one_of", "clauses", "lines"}


def test_words_clauses_and_parts_change() -> None:
    """What is asked for changes, and only that."""
    service = next(iter(load().services.values()))
    schema = next(each.payload for each in service.messages.values() if each.payload.properties)
    other = schema.rebuilt(
        lambda part: part.rebuilt(lambda below: below, words=("x",)), words=("y",), clauses={"a": "b"}
    )
    assert (other.words, dict(other.clauses)) == (("y",), {"a": "b"})
    assert all(part.words == ("x",) for part in other.children())
    assert len(list(other.children())) == len(list(schema.children())) > 0
    assert (other.values, other.where) == (schema.values, schema.where)
