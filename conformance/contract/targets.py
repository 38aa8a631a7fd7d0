"""Do the names and pointers of a rule exist? A rule about nothing would pass for ever."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from conformance.contract.model import Message, Operation
from conformance.contract.schema import Schema
from conformance.documents.pointers import EACH, split
from conformance.documents.references import nearest
from conformance.documents.tree import Node

Above = tuple[Schema, ...]
PLACE = re.compile(r"\{(/[^{}]*)\}")
"""A value of the command in a template of ``correlates``: our own syntax, no pattern of a document."""


class Targets:
    """The operations and messages of one service, as rules may name them."""

    def __init__(
        self,
        operations: Mapping[str, Operation],
        messages: Mapping[str, Message],
        others: Collection[str] = (),
    ) -> None:
        self.operations, self.messages = operations, messages
        self.others = tuple(others)  # operations by which the target sends, which roles may name

    def knows(self, name: str) -> bool:
        """Whether anything here has this name."""
        return name in self.operations or name in self.messages or name in self.others

    def operation(self, node: Node) -> Operation:
        """The operation that this string names. Raises DocumentError when there is none."""
        found = self.operations.get(str(node.value))
        if found is None:
            raise node.refuse(
                f"there is no operation {node.value!r}", hint=nearest(str(node.value), self.operations)
            )
        return found

    def message(self, node: Node) -> Message:
        """The message that this string names. Raises DocumentError when there is none."""
        return self.named(node, str(node.value))

    def named(self, node: Node, name: str) -> Message:
        """The message of that name, for a rule at ``node``. Raises DocumentError when there is none."""
        found = self.messages.get(name)
        if found is None:
            raise node.refuse(f"there is no message {name!r}", hint=nearest(name, self.messages))
        return found

    def role(self, node: Node) -> None:
        """Judge the value of a role: an operation, or ``Message#/pointer``, or ``Message#/pointer=value``."""
        text = str(node.value)
        name, mark, pointer = text.partition("#")
        if not mark:
            if name not in self.operations and name not in self.others:
                raise node.refuse(
                    f"there is no operation {name!r}", hint=nearest(name, [*self.operations, *self.others])
                )
            return
        owner = (
            name
            if name in self.messages
            else self.operations[name].message
            if name in self.operations
            else name
        )
        pointed(node, self.named(node, owner).payload, pointer.partition("=")[0], owner)


def pointed(node: Node, schema: Schema, pointer: str, owner: str) -> None:
    """Raise DocumentError, at ``node``, when ``pointer`` leads nowhere in the schema of ``owner``."""
    try:
        segments = split(pointer)
    except ValueError:
        raise node.refuse(f"{pointer!r} is not a JSON pointer", expected="a pointer such as /price") from None
    places: list[tuple[Schema, Above]] = [(schema, ())]
    walked = ""
    for segment in segments:
        deeper = [found for place, above in places for found in _step(place, segment, above)]
        if not deeper:
            known = [name for place, above in places for name in _names(place, above)]
            raise node.refuse(
                f"{owner} has nothing at {pointer}",
                hint=(f"at {walked or 'its top'} {nearest(segment, known)}"),
            )
        walked += "/" + segment
        places = deeper


def _parts(schema: Schema, above: Above) -> Iterator[tuple[Schema, Above]]:
    """The schema itself and all that apply to the same value; what recursion repeats is looked up."""
    if schema.again is not None:
        for index, ancestor in enumerate(above):
            if ancestor.where == schema.again and ancestor.again is None:
                yield from _parts(ancestor, above[:index])
                return
    yield schema, (*above, schema)
    for part in (*schema.all_of, *schema.any_of, *schema.one_of):
        yield from _parts(part, (*above, schema))


def _step(schema: Schema, segment: str, above: Above) -> Iterator[tuple[Schema, Above]]:
    parts = list(_parts(schema, above))
    for part, line in parts:
        children: list[Schema | None] = []
        if segment == EACH:
            children = [
                *part.properties.values(),
                *part.prefix,
                *part.pattern_properties.values(),
                part.additional,
                part.rest,
            ]
        elif segment in part.properties:
            children = [part.properties[segment]]
        elif segment.isdigit() and int(segment) < len(part.prefix):
            children = [part.prefix[int(segment)]]
        elif segment.isdigit() and part.rest is not None:
            children = [part.rest]
        else:
            children = [part.additional, *part.pattern_properties.values()]
        yield from ((child, line) for child in children if child is not None)
    if all(_opaque(part) for part, _ in parts):
        yield schema, above


def _opaque(schema: Schema) -> bool:
    """Whether a schema says nothing about what is inside, and does not exclude that there is something."""
    types = schema.values.get("type")
    inside = (schema.properties, schema.pattern_properties, schema.prefix, schema.additional, schema.rest)
    closed = {"additionalProperties", "additionalItems", "items"} & schema.values.keys()
    return (
        not any(inside)
        and not closed
        and (not isinstance(types, tuple) or "object" in types or "array" in types)
    )


def _names(schema: Schema, above: Above) -> list[str]:
    names: list[str] = []
    for part, _ in _parts(schema, above):
        names += [*part.properties, *(str(index) for index in range(len(part.prefix)))]
        if part.rest is not None or part.additional is not None:
            names.append(EACH)
    return names
