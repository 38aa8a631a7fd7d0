"""Reading the values of a scenario file: every refusal names file, line and what was expected."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.cases.conditions import as_number
from conformance.cases.steps import Condition, Reckoned, Saved, Sourced
from conformance.contract.model import Contract, Message
from conformance.contract.schema import Schema
from conformance.documents.pointers import EACH, split
from conformance.documents.tree import Node
from conformance.payloads import Hole

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "multiple_of", "present", "absent")


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


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a value may have: what was ``saved`` before, and ``stated``, which a target tells of."""

    contract: Contract
    saved: Container[str]
    stated: Collection[str] = ()


def value(node: Node, known: Known, *, in_command: bool = False) -> object:
    """A literal, ``{saved: name}``, ``{source: name}``, or a list or map of these.

    In a command a source's value is a hole like any other; a condition names it (``Sourced``). With
    ``times`` or ``plus`` either is a number that others are reckoned from.
    """
    if isinstance(node.value, list):
        return [value(each, known, in_command=in_command) for each in node.elements()]
    if not isinstance(node.value, dict):
        return node.value
    for word in ("saved", "source"):
        name = node.get(word)
        if name is not None and node.value.keys() <= {word, "times", "plus"}:
            base = _saved(name, known) if word == "saved" else _sourced(name, known, in_command)
            return _reckoned(node, base, known, in_command)
    return {key: value(child, known, in_command=in_command) for key, child in node.items()}


def _saved(name: Node, known: Known) -> Saved:
    if text(name, "a saved name") not in known.saved:
        raise name.refuse(
            f"nothing was saved as {name.value!r} before this step", expected="save: in a send or an expect"
        )
    return Saved(str(name.value))


def _sourced(name: Node, known: Known, in_command: bool) -> Hole | Sourced:
    wanted = text(name, "a source")
    # Most are found among the first: to go through all schemas for each would take as long as all the rest.
    if wanted not in known.stated and wanted not in source_names(known.contract):
        names = {*source_names(known.contract), *known.stated}
        raise name.refuse(f"no source gives {name.value!r}", expected=one_of(names))
    return Hole("source", str(name.value)) if in_command else Sourced(str(name.value))


def _reckoned(node: Node, base: Hole | Saved | Sourced, known: Known, in_command: bool) -> object:
    times, plus = node.get("times"), node.get("plus")
    if times is None and plus is None:
        return base
    added = 0 if plus is None else value(plus, known, in_command=in_command)
    if plus is not None and isinstance(added, str | int) and as_number(added) is None:
        raise plus.refuse(f"{plus.value!r} is no number", expected="a number, or where one comes from")
    return Reckoned(base, number(times, 1), added)


def source_names(contract: Contract) -> Iterator[str]:
    """The values that the target can be asked for, or that a document not given here may tell how to ask for.

    The latter are named by the fields of commands; a user can still state them.
    """
    for service in contract.services.values():
        for source in service.rules.sources:
            yield from source.values
    for service in contract.services.values():
        for message in service.messages.values():
            hinted = (node.hints.get("source") for node in message.payload.walk())
            yield from (name for name in hinted if isinstance(name, str))


def conditions(node: Node | None, message: Message | None, known: Known) -> tuple[Condition, ...]:
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
            found.append(Condition(at, op, None if bare else value(operand, known)))
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
