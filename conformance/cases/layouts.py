"""Layouts: each position and field of what the target sends is red alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import key
from conformance.cases.steps import Condition
from conformance.cases.stimuli import observe
from conformance.contract.constants import constants
from conformance.contract.model import Message
from conformance.contract.schema import Schema
from conformance.documents.pointers import join

Words = tuple[str, ...]
SHAPE = "shape"
MARK = "mark"


@dataclass
class Groups:
    """The clauses of one message, sorted into what is told apart by name: group -> clauses, in order."""

    clauses: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, group: str, clauses: Mapping[str, str]) -> None:
        """Put a node's clauses into a group."""
        if clauses:
            self.clauses.setdefault(group, {}).update((each, None) for each in clauses.values())


def groups(message: Message) -> Mapping[str, tuple[str, ...]]:
    """Position or field -> its clauses.

    Positions of arrays are named however deep they are nested; a map shows its own fields and takes each
    of them as one group. ``shape`` holds what an array or map promises of itself (arity, required, closed);
    ``mark`` the constants that tell the message from others.
    """
    nodes = list(message.payload.walk())
    arrays = {node.words for node in nodes if node.prefix or _is_list(node)}
    marks = {_words(message.payload, at) for at in message.marks}
    found = Groups()
    for node in nodes:
        found.add(_group(node.words, arrays, marks), node.clauses)
    return {name: tuple(clauses) for name, clauses in found.clauses.items()}


def _group(words: Words, arrays: set[Words], marks: set[Words]) -> str:
    if words in marks and words:
        return MARK
    if not words:
        return SHAPE
    if () not in arrays:  # the root is a map: its fields are the groups
        return words[0]
    depth = 1
    while depth < len(words) and words[:depth] in arrays:
        depth += 1
    named = words[:depth]
    return "/".join((*named, SHAPE)) if named == words and named in arrays else "/".join(named)


def _is_list(node: Schema) -> bool:
    types = node.values.get("type")
    return node.rest is not None and (not isinstance(types, tuple) or "array" in types)


def _words(schema: Schema, pointer: str) -> Words:
    """The words of the node that a mark's pointer means; of the root when it is not found."""
    for part in schema.walk():
        segment = key(pointer)
        if segment in part.properties:
            return part.properties[segment].words
        if segment.isdigit() and int(segment) < len(part.prefix):
            return part.prefix[int(segment)].words
    return ()


def layout_cases(commander: Commander) -> Iterator[Case]:
    """One case a named position or field of each message that something harmless makes the target send."""
    for message in commander.service.from_target():
        for group, clauses in groups(message).items():
            script = commander.script()
            script.claim(*clauses)
            if not observe(commander, script, message, like=_like(message.payload, group)):
                break
            yield script.case(Family.LAYOUTS, f"{message.name}/{group}", _says(message, group), focused=True)


def _like(schema: Schema, group: str) -> tuple[Condition, ...]:
    """What a message has that shows the group: the field itself, or the constants of the alternative."""
    for part in schema.walk():
        if part.words == () and group in part.properties:
            return (Condition(join(group), "present"),)
        for branch in (*part.one_of, *part.any_of) if part.words == () else ():
            if branch.words == (group,):
                known = constants(branch).items()
                return tuple(Condition(at, "eq", values[0]) for at, values in known if len(values) == 1)
    return ()


def _says(message: Message, group: str) -> str:
    if group == MARK:
        return f"{message.name} carries the constants that tell it from every other message."
    if group == SHAPE:
        return f"{message.name} has exactly the documented shape."
    if group.endswith("/" + SHAPE):
        return f"{message.name}: {group.removesuffix('/' + SHAPE)} has exactly the documented shape."
    return f"{message.name}: {group} is as documented."
