"""Reading the values of a scenario file: every refusal names file, line and what was expected."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from conformance.cases.holes import source_hole
from conformance.cases.steps import Condition, Saved, Sourced
from conformance.contract.model import Contract, Message
from conformance.contract.schema import Schema
from conformance.documents.pointers import EACH, split
from conformance.documents.tree import Node

OPERATORS = ("eq", "ne", "lt", "le", "present", "absent")


def one_of(known: Iterable[str]) -> str:
    """The names as an expectation."""
    return "one of " + ", ".join(sorted(known))


def mapping(node: Node, what: str) -> Node:
    """The node, which must be a map."""
    if not isinstance(node.value, dict):
        raise node.refuse(f"{what} is no map", expected="a map")
    return node


def only(node: Node, known: Iterable[str], what: str) -> None:
    """Refuse keys that the format does not have."""
    allowed = tuple(known)
    for name, child in node.items():
        if name not in allowed:
            raise child.refuse(f"{what} has no field {name!r}", expected=one_of(allowed))


def required(node: Node, name: str, what: str) -> Node:
    """The field of that name."""
    child = node.get(name)
    if child is None:
        raise node.refuse(f"{what} without {name}", expected=name)
    return child


def text(node: Node, what: str) -> str:
    """A string that is not empty."""
    if not isinstance(node.value, str) or not node.value.strip():
        raise node.refuse(f"{what} is no text", expected="a string")
    return node.value


def flag(node: Node | None) -> bool:
    """A boolean; absent is false."""
    if node is None:
        return False
    if not isinstance(node.value, bool):
        raise node.refuse(f"{node.key} is no boolean", expected="true or false")
    return node.value


def number(node: Node | None, default: int) -> int:
    """A whole number of milliseconds, or of a close code, above zero."""
    if node is None:
        return default
    if not isinstance(node.value, int) or isinstance(node.value, bool) or node.value < 1:
        raise node.refuse(f"{node.key} is no whole number above zero", expected="a number")
    return node.value


def words(node: Node | None, what: str) -> tuple[str, ...]:
    """A list of strings; absent is empty."""
    if node is None:
        return ()
    if not isinstance(node.value, list):
        raise node.refuse(f"{what} is no list", expected="a list of strings")
    return tuple(text(each, what) for each in node.elements())


def value(node: Node, contract: Contract, saved: Container[str], *, in_command: bool = False) -> object:
    """A literal, ``{saved: name}``, ``{source: name}``, or a list or map of these.

    In a command a source's value is a hole like any other; a condition names it (``Sourced``).
    """
    if isinstance(node.value, list):
        return [value(each, contract, saved, in_command=in_command) for each in node.elements()]
    if not isinstance(node.value, dict):
        return node.value
    name = node.get("saved")
    if name is not None and len(node.value) == 1:
        if text(name, "a saved name") not in saved:
            raise name.refuse(
                f"nothing was saved as {name.value!r} before this step", expected="save: in an expect"
            )
        return Saved(str(name.value))
    name = node.get("source")
    if name is not None and node.value.keys() <= {"source", "plus"}:
        known = dict.fromkeys(source_names(contract))
        if text(name, "a source") not in known:
            raise name.refuse(f"no source gives {name.value!r}", expected=one_of(known))
        if "plus" in node.value and not in_command:
            raise name.refuse("a condition compares with a value as it is", expected="source without plus")
        return source_hole(node.value) if in_command else Sourced(str(name.value))
    return {key: value(child, contract, saved, in_command=in_command) for key, child in node.items()}


def source_names(contract: Contract) -> Iterator[str]:
    """The values that the target can be asked for, or that a document not given here may tell how to ask for.

    The latter are named by the fields of commands; a user can still state them.
    """
    for service in contract.services.values():
        for source in service.rules.sources:
            yield from source.values
        for message in service.messages.values():
            hinted = (node.hints.get("source") for node in message.payload.walk())
            yield from (name for name in hinted if isinstance(name, str))


def conditions(
    node: Node | None, message: Message | None, contract: Contract, saved: Container[str]
) -> tuple[Condition, ...]:
    """The conditions of a ``where``: pointer -> operator -> value."""
    if node is None:
        return ()
    found: list[Condition] = []
    for at, child in mapping(node, "where").items():
        check_pointer(child, at, message)
        only(mapping(child, f"the condition on {at}"), OPERATORS, f"the condition on {at}")
        for op, operand in child.items():
            bare = op in ("present", "absent")
            if bare and operand.value is not True:
                raise operand.refuse(f"{op} takes no value", expected=f"{op}: true")
            found.append(Condition(at, op, None if bare else value(operand, contract, saved)))
    return tuple(found)


def check_pointer(node: Node, pointer: str, message: Message | None) -> None:
    """Refuse a pointer that can mean nothing in the message."""
    try:
        segments = split(pointer)
    except ValueError as wrong:
        raise node.refuse(str(wrong)) from None
    if message is not None and not exists(message.payload, segments):
        raise node.refuse(
            f"{message.name} has nothing at {pointer}", expected="a pointer that its schema knows"
        )


def exists(schema: Schema, segments: tuple[str, ...]) -> bool:
    """Whether a value of the schema may have something there."""
    if not segments or schema.again is not None:
        return True
    branches = (*schema.all_of, *schema.any_of, *schema.one_of)
    below = list(_below(schema, segments[0]))
    if any(exists(each, segments[1:]) for each in below):
        return True
    if any(exists(each, segments) for each in branches):
        return True
    # A schema that says nothing about its inside allows anything there.
    return (
        not below
        and not branches
        and not any(True for _ in schema.children())
        and "type" not in schema.values
    )


def _below(schema: Schema, segment: str) -> Iterator[Schema]:
    properties: Mapping[str, Schema] = schema.properties
    if segment in properties:
        yield properties[segment]
    elif segment.isdigit() and int(segment) < len(schema.prefix):
        yield schema.prefix[int(segment)]
    elif segment == EACH:
        yield from schema.children()
    else:
        yield from schema.pattern_properties.values()
        if schema.additional is not None:
            yield schema.additional
        if segment.isdigit() and schema.rest is not None:
            yield schema.rest
