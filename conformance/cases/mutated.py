"""Broken commands: one fault each, refused for that fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import NoneType

from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import command_words, credentials_of, discriminator, key, refusal_code
from conformance.cases.reading import codec_of
from conformance.cases.steps import As
from conformance.codec import MISSING, Codec
from conformance.contract.model import Operation
from conformance.documents.pointers import finder
from conformance.payloads import Hole, Mutant, exemplified, holes_in

MALFORMED, UNKNOWN, INVALID = "malformed", "unknown_operation", "invalid"


def mutant_cases(commander: Commander, operation: Operation) -> Iterator[Case]:
    """One case for each way to break the command alone, where the document says what happens."""
    if commander.service.rules.refusals is None:
        return
    encoding = Encoding(codec_of(commander.service))
    guarded = _guarded(commander, operation)
    for mutant in commander.forms.mutants(operation):
        role = role_of(commander, operation, mutant)
        if mutant.clause and refusal_code(commander.service, role) and encoding.holds(mutant):
            yield _refused(commander, operation, mutant, role, guarded)


def role_of(commander: Commander, operation: Operation, mutant: Mutant) -> str:
    """Why a command with this fault is refused: '' when the document leaves that open.

    What makes it a command is looked at first (a map, with a name, that somebody knows), then the rest.
    """
    field = discriminator(commander.service)
    if not isinstance(mutant.value, (dict, Mapping)):
        return MALFORMED
    if field:
        word = mutant.value.get(key(field), MISSING)
        if not isinstance(word, str):
            return MALFORMED
        if word not in commander.service.messages[operation.message].marks[field]:
            return "" if word in command_words(commander.service) else UNKNOWN
    return INVALID if _comes_before_narrowed(commander, operation) else ""


def _comes_before_narrowed(commander: Commander, operation: Operation) -> bool:
    """Whether a broken command is refused as broken although a whole one is refused as well."""
    refusals = commander.service.rules.refusals
    if refusals is None or not operation.narrowed:
        return refusals is not None
    roles = [role for role, code in refusals.codes.items() if code in operation.narrowed.values()]
    order = refusals.order
    return any(
        role in order and INVALID in order and order.index(INVALID) < order.index(role) for role in roles
    )


def _guarded(commander: Commander, operation: Operation) -> As | None:
    """Who may send the command; None where anybody may, or where it says itself who sends it."""
    if not operation.schemes or credentials_of(commander.service, operation.name):
        return None
    return As(operation.schemes, frozenset(operation.permissions))


def _refused(
    commander: Commander, operation: Operation, mutant: Mutant, role: str, guarded: As | None
) -> Case:
    payload = commander.forms.opened(operation, mutant.value)
    holes = [hole for _path, hole in holes_in(payload)]
    if any(map(commander.is_made_before, holes)):
        payload = commander.with_examples(payload)
        holes = [hole for _path, hole in holes_in(payload)]
    script = commander.script()
    script.claim(mutant.clause, commander.refusal_clause(role))
    # Nobody has to be somebody for what is no command at all.
    script.connect(who=guarded if role == INVALID else None)
    scheme = next((hole.name for hole in holes if hole.kind == "credential"), "")
    who = As((scheme,)) if scheme else None
    index = script.send(operation, payload, who=who)
    script.refused(
        index, mutant.clause, role=role, correlated=role == INVALID and intact(commander, operation, payload)
    )
    says = f"{operation.name} is refused when {mutant.says}."
    return script.case(Family.COMMANDS, f"{operation.name}/{mutant.label}", says)


def intact(commander: Commander, operation: Operation, payload: object) -> bool:
    """Whether the broken command still carries what its reply must echo."""
    at = commander.service.messages[operation.message].correlation
    if not at:
        return True  # correlated otherwise, or not at all: the fault itself tells
    return any(isinstance(found, Hole) for found in finder(at)(payload))


class Encoding:
    """Whether an encoding can hold a broken value at all (JSON has no bin, MessagePack no 65 bits)."""

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.bases: dict[int, tuple[object, bool]] = {}
        self.scalars: dict[tuple[type, object], bool] = {}

    def holds(self, mutant: Mutant) -> bool:
        """Of a base that it holds only what is broken needs to be looked at."""
        known = self.bases.get(id(mutant.base))
        if known is None:
            known = self.bases[id(mutant.base)] = (mutant.base, self._holds(mutant.base))
        return self._holds(_at(mutant.value, mutant.path) if known[1] else mutant.value)

    def _holds(self, value: object) -> bool:
        """An array or a map is held as all that it is made of; each scalar is tried but once."""
        value = value.example if isinstance(value, Hole) else value
        kind = type(value)
        if kind in _SCALARS:
            held = self.scalars.get((kind, value))
            if held is None:
                held = self.scalars[kind, value] = self._encodes(value)
            return held
        if isinstance(value, list):
            return all(map(self._holds, value))
        if isinstance(value, dict) and all(type(name) is str for name in value):
            return all(map(self._holds, value)) and all(map(self._holds, value.values()))
        return self._encodes(value)

    def _encodes(self, value: object) -> bool:
        try:
            self.codec.encode(exemplified(value))
        except ValueError:
            return False
        return True


_SCALARS = frozenset({str, bytes, bool, int, float, NoneType})


def _at(value: object, path: tuple[str | int, ...]) -> object:
    for segment in path:
        value = value.example if isinstance(value, Hole) else value
        value = value[segment]  # type: ignore[index]
    return value
