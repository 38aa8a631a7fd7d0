"""The forms that a command can take: valid, alternative, broken. The one place that asks ``payloads``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from conformance.cases.facts import key
from conformance.contract.model import Operation, Service
from conformance.contract.schema import EMPTY, Schema
from conformance.payloads import Hole, Mutant, Variant, mutants, place, valid, variants

Payload = Mapping[str, object]


class Forms:
    """The commands of one service as ``payloads`` makes them, with the correlation left open."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._valid: dict[str, Payload] = {}

    def schema(self, operation: Operation) -> Schema:
        """The schema of the operation's command."""
        return self.service.messages[operation.message].payload

    def valid(self, operation: Operation) -> Payload:
        """The plainest valid command."""
        if operation.name not in self._valid:
            self._valid[operation.name] = self._correlated(operation, valid(self.schema(operation)))
        return self._valid[operation.name]

    def fitting(self, operation: Operation, fields: Payload) -> Payload:
        """The first form that can have these fields; the plainest one when none can."""
        schema = self.schema(operation)
        for branch in (*schema.one_of, *schema.any_of):
            if all(_allows(branch, name, value) for name, value in fields.items()):
                common = {name: self.valid(operation)[name] for name in schema.properties if name in self.valid(operation)}
                return {**common, **self._correlated(operation, valid(branch))}
        return self.valid(operation)

    def variants(self, operation: Operation) -> tuple[Variant, ...]:
        """The other valid forms: optional fields, other branches, other values."""
        return tuple(variants(self.schema(operation)))

    def mutants(self, operation: Operation) -> tuple[Mutant, ...]:
        """The command with one fault each."""
        return tuple(mutants(self.schema(operation)))

    def without_sources(self, operation: Operation, names: Iterable[str]) -> Payload:
        """A valid command that asks the target for none of these values: they are merely well-formed."""
        made = valid(_silenced(self.schema(operation), frozenset(names)))
        return self._correlated(operation, made)

    def unknown(self, operation: Operation, pointer: str) -> Payload | None:
        """The command with a value at ``pointer`` that its schema allows and nobody gave; None without such a form."""
        form = self.fitting(operation, {key(pointer): None})
        if key(pointer) not in form:
            return None
        field = next((each for each in self.schema(operation).walk() if each.words[-1:] == (key(pointer),)), None)
        return None if field is None else {**form, key(pointer): valid(replace(field, hints=EMPTY))}

    def _correlated(self, operation: Operation, value: object) -> Payload:
        at = self.service.messages[operation.message].correlation
        made = place(value, at, Hole("correlation")) if at else value
        assert isinstance(made, Mapping)
        return made


def _silenced(schema: Schema, names: frozenset[str]) -> Schema:
    """The schema without the hints that name these sources."""
    hints = EMPTY if schema.hints.get("source") in names else schema.hints
    return replace(
        schema,
        hints=hints,
        properties={name: _silenced(each, names) for name, each in schema.properties.items()},
        all_of=tuple(_silenced(each, names) for each in schema.all_of),
        any_of=tuple(_silenced(each, names) for each in schema.any_of),
        one_of=tuple(_silenced(each, names) for each in schema.one_of),
        rest=_silenced(schema.rest, names) if schema.rest is not None else None,
    )


def _allows(schema: Schema, name: str, value: object) -> bool:
    """Whether a branch has such a field, and does not fix it to something else."""
    field = schema.properties.get(name)
    if field is None:
        return False
    allowed = field.values.get("enum", [field.values["const"]] if "const" in field.values else None)
    return allowed is None or not isinstance(value, str) or (isinstance(allowed, list | tuple) and value in allowed)
