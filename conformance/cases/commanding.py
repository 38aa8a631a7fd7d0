"""Commands as they are sent: with the values that the target gave or made, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.building import MAIN, Script
from conformance.cases.facts import documented, probe_operation, refusal_code
from conformance.cases.filling import saved_names, sourced_names
from conformance.cases.forms import Forms
from conformance.cases.holes import with_holes
from conformance.cases.makeable import makeable
from conformance.cases.steps import As, Expect, Saved, Send
from conformance.contract import find
from conformance.contract.model import Contract, Credential, Operation, Service
from conformance.contract.rules import STREAM_ID, Source, StreamKind
from conformance.documents.pointers import get, split
from conformance.payloads import Hole, Variant, fill, place

Payload = Mapping[str, object]
MADE = "made."
"""Begins the names under which a conversation saves what it made itself."""


class Commander:
    """The commands of one service. Payloads are deterministic; what only the target knows stays a hole."""

    def __init__(self, contract: Contract, service: Service) -> None:
        self.contract = contract
        self.service = makeable(service)
        self.forms = Forms(self.service)
        self.probing: Operation | None = probe_operation(self.service)

    def script(self) -> Script:
        """An empty script for a case of this service."""
        return Script(self.contract, self.service)

    def refusal_clause(self, role: str) -> str:
        """The clause that names the code of this role, '' where the document gives no such code."""
        refusals = self.service.rules.refusals
        return refusals.clauses.get(role, "") if refusals and refusal_code(self.service, role) else ""

    # -- payloads -----------------------------------------------------------------------------------

    def command(self, operation: Operation, fields: Mapping[str, object] | None = None) -> Payload:
        """A valid command; with ``fields`` (as a document writes them) in it, in the form that they fit."""
        if fields:
            return self.command_with(operation, _fields(fields))
        return self.forms.valid(operation)

    def command_with(self, operation: Operation, fields: Payload) -> Payload:
        """A command with these fields, in the first form of it that can have them."""
        return {**self.forms.fitting(operation, fields), **fields}

    def bare(self, operation: Operation, fields: Payload) -> Payload:
        """What every command of the operation has (its name, its correlation), these fields, no more."""
        message = self.service.messages[operation.message]
        kept = {split(at)[0] for at in (*message.marks, message.correlation) if at}
        valid = self.forms.valid(operation)
        return {**{name: value for name, value in valid.items() if name in kept}, **fields}

    def subscription(self, kind: StreamKind) -> Payload:
        """The command that begins a stream of this kind."""
        streams = self.service.rules.streams
        assert streams is not None
        return self.bare(self.service.operations[streams.subscribe], _fields(kind.command))

    def unsubscription(self, kind: StreamKind, session: str = MAIN) -> Payload:
        """The command that ends the stream of this kind that the session subscribed to."""
        streams = self.service.rules.streams
        assert streams is not None
        fields = _fields(streams.unsubscribe_with or kind.command)
        return self.bare(
            self.service.operations[streams.unsubscribe],
            {name: _with_id(value, session) for name, value in fields.items()},
        )

    def named_by_target(self, kind: StreamKind) -> bool:
        """Whether a stream is ended by the id that its acknowledgement gave it."""
        return bool(saved_names(self.unsubscription(kind)))

    def credential_command(self, credential: Credential) -> Payload:
        """The command that carries a credential, with a hole in its place."""
        operation = self.service.operations[credential.operation]
        field, *inner = split(credential.location)
        form = self.forms.fitting(operation, {field: ""})
        if any(True for _ in find(form, credential.location)):
            return form
        made: object = Hole("credential", credential.scheme)
        if field in form:
            return as_map(place(form, credential.location, made))
        for segment in reversed(inner):
            made = {segment: made}
        return self.bare(operation, {field: made})

    def unprepared(self, operation: Operation) -> Payload:
        """A valid command in which what the conversation would have to make first is merely well-formed."""
        return as_map(self.with_examples(self.command(operation)))

    def with_examples(self, payload: object) -> object:
        """The payload with well-formed values where the conversation would have to make some first."""

        return fill(payload, lambda hole: hole.example if self.is_made_before(hole) else hole)

    def is_made_before(self, hole: Hole) -> bool:
        """Whether the conversation would have to make the value first: a credential, or its own of another
        command."""
        if hole.kind == "credential":
            return bool(self.service.credentials[hole.name].issued_by)
        return self._is_made(hole)

    def unknown_value(self, operation: Operation, pointer: str) -> Payload | None:
        """The command with a value that is well-formed and does not exist; None without such a form."""
        form = self.forms.fitting(operation, {split(pointer)[0]: None})
        try:
            usual = get(form, pointer)
        except LookupError:
            return None
        return as_map(place(form, pointer, usual.example)) if isinstance(usual, Hole) else None

    def variants(self, operation: Operation) -> Iterator[Variant]:
        """The other valid forms of the command."""
        return self.forms.variants(operation)

    # -- what the target makes ----------------------------------------------------------------------

    def prepared(self, script: Script, payload: Payload, session: str = MAIN) -> Payload:
        """The payload with what only this conversation can make: made by steps that the script gets now."""
        for name in sourced_names(payload):
            source = self._made(name)
            if source is not None:
                self._make(script, source, session)
        return as_map(fill(payload, lambda hole: Saved(MADE + hole.name) if self._is_made(hole) else hole))

    def make(self, script: Script, source: Source, session: str = MAIN) -> None:
        """Let the conversation make what this source gives, if it has not yet; it is undone at the end."""
        self._make(script, source, session)

    def accepted(
        self, script: Script, index: int, operation: Operation, clause: str = "", undo_on: str = ""
    ) -> None:
        """The command was taken; what it made is undone at the end, on its own session or ``undo_on``."""
        save = self._undone(script, index, operation, undo_on)
        script.answered(index, operation, clause=clause, save=save)

    def replied(self, script: Script, index: int, operation: Operation) -> None:
        """The command got some documented reply; what it made, if anything, is undone at the end."""
        script.any_reply(index, operation, save=self._undone(script, index, operation))

    def _undone(
        self, script: Script, index: int, operation: Operation, undo_on: str = ""
    ) -> Mapping[str, str]:
        sent = script.steps[index]
        session = undo_on or (sent.session if isinstance(sent, Send) else MAIN)
        for name in documented(self.service, operation):
            save = self.undoable(script, operation, name, session)
            if save:
                return save
        return {}

    def undoable(self, script: Script, operation: Operation, message: str, session: str) -> Mapping[str, str]:
        """What to save of this reply so that the clean-up, added here, can undo what the command made."""
        for source in self.service.rules.sources:
            if source.operation == operation.name and source.message == message and source.undo:
                names = {name: f"undo.{len(script.steps)}.{name}" for name in source.values}
                self._undo(script, source, names, session)
                return {names[name]: _at(source, name) for name in source.values}
        return {}

    def _made(self, name: str) -> Source | None:
        """The source of a value that each conversation makes for itself; None for all others."""
        own = (each for each in self.service.rules.sources if each.scope == "case")
        return next((each for each in own if name in each.values), None)

    def _is_made(self, hole: Hole) -> bool:
        return hole.kind == "source" and self._made(hole.name) is not None

    def _make(self, script: Script, source: Source, session: str) -> None:
        names = {name: MADE + name for name in source.values}
        saved = {name for step in script.steps if isinstance(step, Expect) for name in step.save}
        if set(names.values()) <= saved:
            return
        operation = self.service.operations[source.operation]
        payload = self.prepared(script, self.command(operation, source.fields), session)
        index = script.send(operation, payload, session=session)
        script.answered(index, operation, save={names[name]: _at(source, name) for name in source.values})
        if source.undo:
            self._undo(script, source, names, session)

    def _undo(self, script: Script, source: Source, names: Mapping[str, str], session: str) -> None:
        operation = self.service.operations[source.undo]
        payload = fill(
            self.forms.valid(operation),
            lambda hole: Saved(names[hole.name]) if hole.kind == "source" and hole.name in names else hole,
        )
        script.cleanup.append(Send(session, operation.name, payload))

    # -- who, and the probe -------------------------------------------------------------------------

    def who(self, *operations: Operation) -> As | None:
        """Whoever may send all of these, and what comes before and after them; None when anybody may."""
        needed = {each.name: each for one in operations for each in self.closure(one)}
        guarded = [each for each in needed.values() if each.schemes]
        if not guarded:
            return None
        schemes = tuple(one for one in guarded[0].schemes if all(one in each.schemes for each in guarded))
        return As(schemes, frozenset(permission for each in guarded for permission in each.permissions))

    def who_makes(self, source: Source, *operations: Operation) -> As | None:
        """Whoever may send these and make what the source gives."""
        around = (self.service.operations[each] for each in (source.operation, source.undo) if each)
        return self.who(*operations, *around)

    def closure(self, operation: Operation) -> Iterator[Operation]:
        """The command, and what is sent before it to make what it needs, and behind it to undo that."""
        yield operation
        for name in sourced_names(self.forms.valid(operation)):
            source = self._made(name)
            if source is not None:
                yield from (self.service.operations[each] for each in (source.operation, source.undo) if each)

    def probe(self, script: Script, session: str = MAIN, *, fragments: int = 1) -> None:
        """The session still answers: a harmless round trip. Nothing when the document knows none."""
        if self.probing is not None:
            payload = self.prepared(script, self.command(self.probing), session)
            index = script.send(self.probing, payload, session=session, fragments=fragments)
            script.answered(index, self.probing)

    def narrowed_roles(self, operation: Operation) -> Mapping[str, str]:
        """The refusal roles, with their clauses, whose code the document's narrowed reply names."""
        refusals = self.service.rules.refusals
        if refusals is None or refusals.message not in operation.replies[:1]:
            return {}
        code = operation.narrowed.get(refusals.code)
        return {role: refusals.clauses.get(role, "") for role, each in refusals.codes.items() if each == code}

    def taken(self, operation: Operation) -> tuple[str, ...]:
        """The replies that mean the command was taken as documented."""
        return operation.replies[:1] if operation.narrowed else documented(self.service, operation)


def _at(source: Source, name: str) -> str:
    """Where a source's value stands in its message; of several candidates, the first."""
    return (f"{source.each}/0" if source.each else "") + source.values[name]


def as_map(value: object) -> Payload:
    """The value, which every command is."""
    assert isinstance(value, Mapping), "a command is a map"
    return value


def stream_id(session: str) -> str:
    """The name under which a conversation saves the id of the stream that a session subscribed to."""
    return f"{session}.{STREAM_ID}"


def _with_id(value: object, session: str) -> object:
    """A value of a document in which ``{saved: stream}`` is that stream's id."""
    if isinstance(value, Mapping):
        if value == {"saved": STREAM_ID}:
            return Saved(stream_id(session))
        return {key: _with_id(each, session) for key, each in value.items()}
    return [_with_id(each, session) for each in value] if isinstance(value, list) else value


def _fields(given: Mapping[str, object]) -> Payload:
    return {name: with_holes(value) for name, value in given.items()}
