"""The forms that a command can take: valid, alternative, broken. The one place that asks ``payloads``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.facts import credentials_of
from conformance.codec import MISSING, same
from conformance.contract.model import Operation, Service
from conformance.contract.schema import Schema
from conformance.documents.pointers import get, split
from conformance.errors import DocumentError
from conformance.payloads import (
    Choices,
    Hole,
    Mutant,
    Point,
    Variant,
    fits,
    fresh_at,
    mutants,
    place,
    valid,
    variants,
)

Payload = Mapping[str, object]


class Forms:
    """The commands of one service; correlation ids and credentials are left open where they are as usual.

    A correlation id stands in each form, where the schema asks for it or not, but in the one that is about
    leaving it out: replies are told apart by it.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self._plain: dict[str, Payload] = {}
        self._makeable: dict[str, bool] = {}
        self._valid: dict[str, Payload] = {}
        self._variants: dict[str, tuple[Variant, ...]] = {}
        self._mutants: dict[str, tuple[Mutant, ...]] = {}
        self._open: dict[str, tuple[tuple[str, str, Hole], ...]] = {}
        self._branches: dict[tuple[str, int], Payload] = {}

    def schema(self, operation: Operation) -> Schema:
        """The schema of the operation's command."""
        return self.service.messages[operation.message].payload

    def can_make(self, operation: Operation) -> bool:
        """Whether a valid command can be made, and is a map: nothing else has fields to work with."""
        if operation.name not in self._makeable:
            try:
                self._makeable[operation.name] = isinstance(self._made(operation), Mapping)
            except DocumentError:
                self._makeable[operation.name] = False
        return self._makeable[operation.name]

    def valid(self, operation: Operation) -> Payload:
        """The plainest valid command."""
        if operation.name not in self._valid:
            self._valid[operation.name] = self._opened(operation, _as_map(self._made(operation)))
        return self._valid[operation.name]

    def fitting(self, operation: Operation, fields: Payload) -> Payload:
        """The first form that can have these fields; the plainest one when none can."""
        schema = self.schema(operation)
        for number, branch in enumerate((*schema.one_of, *schema.any_of)):
            if all(_allows(branch, name, value) for name, value in fields.items()):
                return self._branch(operation, number, branch)
        return self.valid(operation)

    def _branch(self, operation: Operation, number: int, branch: Schema) -> Payload:
        found = self._branches.get((operation.name, number))
        if found is None:
            common = self.schema(operation).properties
            shared = {name: each for name, each in self.valid(operation).items() if name in common}
            made = _as_map(valid(branch, Choices(wished=self._wished(operation))))
            found = {**shared, **self._opened(operation, made)}
            self._branches[operation.name, number] = found
        return found

    def variants(self, operation: Operation) -> Iterator[Variant]:
        """The other valid forms: optional fields, other branches, other values."""
        if operation.name not in self._variants:
            self._variants[operation.name] = tuple(
                Variant(variant.label, self._opened(operation, _as_map(variant.value)))
                for variant in variants(self.schema(operation), self._wished(operation))
            )
        yield from self._variants[operation.name]

    def mutants(self, operation: Operation) -> tuple[Mutant, ...]:
        """The command with one fault each."""
        if operation.name not in self._mutants:
            made = mutants(self.schema(operation), wished=self._wished(operation))
            self._mutants[operation.name] = tuple(made)
        return self._mutants[operation.name]

    def fits(self, operation: Operation, form: Payload) -> bool:
        """Whether this is a valid command of the operation."""
        return fits(self.schema(operation), form)

    def opened(self, operation: Operation, value: object) -> object:
        """The form with correlation id and credential, where they are as usual, left to the sending."""
        return self._opened(operation, value) if isinstance(value, Mapping) else value

    def _opened(self, operation: Operation, form: Payload) -> Payload:
        found: Payload = form
        for at, field, hole in self._places(operation):
            if field:  # most stand in the command itself: it is asked for each form, and each broken one
                if same(form.get(field, MISSING), hole.example):
                    found = {**found, field: hole}
            elif same(_at(form, at), hole.example):
                found = _as_map(place(found, at, hole))
        return found

    def _places(self, operation: Operation) -> tuple[tuple[str, str, Hole], ...]:
        """Each place, and the field that it is where it is one of the command itself."""
        if operation.name not in self._open:
            self._open[operation.name] = tuple(
                (at, split(at)[0] if len(split(at)) == 1 else "", hole) for at, hole in self._found(operation)
            )
        return self._open[operation.name]

    def _found(self, operation: Operation) -> Iterator[tuple[str, Hole]]:
        """Where correlation id and credential stand, however deep, with the hole that belongs there."""
        usual = self._usual(operation)
        at = self.service.messages[operation.message].correlation
        example = _at(usual, at) if at else MISSING
        choices, words = Choices(wished=self._wished(operation)), tuple(split(at))
        way = None if example is MISSING else fresh_at(self.schema(operation), choices, at, words, example)
        if way is not None:
            yield at, Hole("correlation", words=words, example=example, fresh=way)
        for credential in credentials_of(self.service, operation.name):
            at = credential.location
            if (example := _at(usual, at)) is not MISSING:
                yield at, Hole("credential", credential.scheme, words=tuple(split(at)), example=example)

    def _usual(self, operation: Operation) -> Payload:
        """Each field as the plainest form that has it shows it."""
        if operation.name not in self._plain:
            schema = self.schema(operation)
            found: dict[str, object] = {}
            for each in (schema, *schema.one_of, *schema.any_of):
                found = {**_as_map(valid(each, Choices(wished=self._wished(operation)))), **found}
            self._plain[operation.name] = found
        return self._plain[operation.name]

    def _made(self, operation: Operation) -> object:
        return valid(self.schema(operation), Choices(wished=self._wished(operation)))

    def _wished(self, operation: Operation) -> frozenset[Point]:
        """The way to the correlation id: none of it is left out, though all of it may be optional."""
        words = split(self.service.messages[operation.message].correlation)
        return frozenset(Point(tuple(words[:depth]), "with", word) for depth, word in enumerate(words))


def _at(form: object, pointer: str) -> object:
    try:
        return get(form, pointer)
    except LookupError:
        return MISSING


def _as_map(value: object) -> Payload:
    assert isinstance(value, Mapping), "a command is a map"
    return value


def _allows(schema: Schema, name: str, value: object) -> bool:
    """Whether a branch has such a field, and does not fix it to something else."""
    field = schema.properties.get(name)
    if field is None:
        return False
    allowed = field.values.get("enum", [field.values["const"]] if "const" in field.values else None)
    return (
        allowed is None
        or not isinstance(value, str)
        or (isinstance(allowed, list | tuple) and value in allowed)
    )
