"""Behind our own Close nothing is looked at: neither answered, nor done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.cases.building import WITNESS, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander, Payload, as_map
from conformance.cases.facts import credentials_of, is_harmless
from conformance.cases.issuing import holder, shown
from conformance.cases.steps import Saved
from conformance.contract import find
from conformance.contract.model import Operation
from conformance.contract.sessions import Cell
from conformance.documents.pointers import join, split
from conformance.payloads import Hole, place

NAMED = "late"


@dataclass(frozen=True, slots=True)
class Trace:
    """How it shows whether a command was done: what it made would be found by its own name for it.

    ``field`` holds the name in the command, ``at`` in the one that finds it, which says ``code`` when there
    is no such thing.
    """

    field: str
    reader: Operation
    at: str
    code: str | int


def trace(commander: Commander, operation: Operation) -> Trace | None:
    """How what the command makes can be found; None where nothing is known to find it."""
    form = commander.command(operation)
    for source in commander.service.rules.sources:
        for name, pointer in source.values.items() if source.operation == operation.name else ():
            words = split(pointer)
            field = join(words[-1]) if words else ""
            if field and any(
                isinstance(hole, Hole) and hole.kind == "unique" for _path, hole in find(form, field)
            ):
                for reader, at, code in _readers(commander, name):
                    return Trace(field, reader, at, code)
    return None


def _readers(commander: Commander, value: str) -> Iterator[tuple[Operation, str, str | int]]:
    for operation in commander.service.operations.values():
        for at, (name, code) in operation.unknown.items() if is_harmless(operation) else ():
            if name == value:
                yield operation, at, code


def is_undo(commander: Commander, operation: Operation) -> bool:
    """Whether the command takes back what another one made: that can be done once."""
    return any(source.undo == operation.name for source in commander.service.rules.sources)


def not_done(
    commander: Commander, script: Script, operation: Operation, payload: Payload, clause: str, session: str
) -> None:
    """Another connection finds nothing done of the command, where that can be seen."""
    traced = trace(commander, operation)
    if traced is not None:
        asked = commander.unknown_value(traced.reader, traced.at)
        if asked is not None:
            asked = as_map(place(asked, traced.at, Saved(NAMED)))
            index = script.send(traced.reader, asked, session=session)
            script.refused(index, clause, code=traced.code)
    elif is_undo(commander, operation):
        index = script.send(operation, payload, session=session)
        script.answered(index, operation, clause=clause)


def kept(commander: Commander, operation: Operation) -> Mapping[str, str]:
    """What to save of the command as it is sent, to look for it."""
    traced = trace(commander, operation)
    return {NAMED: traced.field} if traced is not None else {}


def behind_our_close(commander: Commander, words: str, operation: Operation, cell: Cell) -> Case:
    """A command in the same piece as our Close, behind it."""
    traced = trace(commander, operation)
    around = [operation, *([traced.reader] if traced is not None else [])]
    who = commander.who(*around)
    script = commander.script()
    script.claim(cell.clause)
    payload = shown(commander, operation)
    looked = traced is not None or is_undo(commander, operation)
    if looked:
        script.connect(WITNESS, who=who)
        payload = commander.prepared(script, commander.command(operation), WITNESS)
    script.connect(who=None if credentials_of(commander.service, operation.name) else who)
    index = script.send(
        operation, payload, who=holder(commander, operation), save=kept(commander, operation), late=True
    )
    script.unanswered(index, cell.clause)
    not_done(commander, script, operation, payload, cell.clause, WITNESS)
    says = f"Behind the Close of its client {operation.name} does nothing."
    return script.case(Family.AUTH, f"{words}/{operation.name}", says)
