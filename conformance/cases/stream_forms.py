"""The other forms of the commands that begin and end streams: those that no stream's own cases put.

A document that declares its streams says how each is begun. Optional fields, other branches and other values
of its commands are as valid as before, and are put as such; in place of what a form is not about stands what
the first kind says, for a target takes that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.building import MAIN, Script
from conformance.cases.commanding import Commander, Payload, as_map
from conformance.cases.filling import saved_names
from conformance.cases.stimuli import subscribed
from conformance.codec import same
from conformance.contract.model import Operation
from conformance.contract.rules import StreamKind
from conformance.documents.pointers import split
from conformance.payloads import Hole, Variant, fill


def stream_forms(commander: Commander, operation: Operation) -> Iterator[Variant]:
    """The valid forms of a command that begins or ends streams but those that the streams' cases put."""
    streams = commander.service.rules.streams
    if streams is None or not streams.kinds:
        yield from commander.variants(operation)
        return
    known = [_shown(_usual(commander, operation, kind)) for kind in streams.kinds]
    usual = commander.forms.valid(operation)
    for variant in commander.variants(operation):
        usual = _joined(usual, as_map(variant.value))
    for variant in commander.variants(operation):
        bare = as_map(variant.value)
        form = _completed(commander, operation, streams.kinds[0], bare, usual)
        shown = [_shown(each) for each in (form, bare)]
        if not any(same(each, one) for each in shown for one in known):
            known.append(shown[0])
            yield Variant(variant.label, form)


def begun_before(commander: Commander, script: Script, operation: Operation, form: Payload) -> None:
    """Append the beginning of what this form ends: in the same words where that is a valid command."""
    streams = commander.service.rules.streams
    if streams is None or operation.name != streams.unsubscribe or not streams.kinds:
        return
    begin = commander.service.operations[streams.subscribe]
    fields = _own(commander, operation, form)
    command = commander.bare(begin, fields)
    if saved_names(form) or not commander.forms.fits(begin, command):
        subscribed(commander, script, streams.kinds[0])
        return
    index = script.send(begin, commander.prepared(script, command, MAIN))
    form_taken(commander, script, index, begin, command)


def form_taken(commander: Commander, script: Script, index: int, operation: Operation, form: Payload) -> bool:
    """The command was answered: as usual where the form is one of a declared kind. Whether it is.

    A stream that no kind declares may well be refused, by rules that no schema states.
    """
    documented = _of_a_kind(commander, operation, form)
    if documented:
        script.answered(index, operation)
    else:
        script.any_reply(index, operation)
    return documented


def _usual(commander: Commander, operation: Operation, kind: StreamKind) -> Payload:
    streams = commander.service.rules.streams
    begins = streams is not None and operation.name == streams.subscribe
    return commander.subscription(kind) if begins else commander.unsubscription(kind)


def _of_a_kind(commander: Commander, operation: Operation, form: Payload) -> bool:
    """Whether the form has all that one of the kinds says: then it is about a stream that is documented."""
    streams = commander.service.rules.streams
    kinds = streams.kinds if streams else ()
    return any(_within(_stated(commander, operation, kind), form) for kind in kinds)


def _within(stated: object, form: object) -> bool:
    if isinstance(stated, Mapping):
        return isinstance(form, Mapping) and all(
            name in form and _within(each, form[name]) for name, each in stated.items()
        )
    return same(_shown(stated), _shown(form))


def _stated(commander: Commander, operation: Operation, kind: StreamKind) -> Payload:
    """What a kind says of the command."""
    return _own(commander, operation, _usual(commander, operation, kind))


def _own(commander: Commander, operation: Operation, form: Payload) -> Payload:
    """The form without what every command of the operation has: its name and its correlation id."""
    message = commander.service.messages[operation.message]
    apart = {split(at)[0] for at in (*message.marks, message.correlation) if at}
    return {name: each for name, each in form.items() if name not in apart}


def _completed(
    commander: Commander, operation: Operation, kind: StreamKind, form: Payload, usual: Payload
) -> Payload:
    """The form with the kind's own fields wherever it is not about them; as it is where that is not valid."""
    plain = commander.forms.valid(operation)
    stated = _stated(commander, operation, kind)
    certain = {name: each for name, each in stated.items() if not saved_names(each)}
    valid = commander.forms.fits(operation, _over(certain, form, plain, usual))
    return _over(stated, form, plain, usual) if valid else form


def _joined(usual: Payload, form: Payload) -> Payload:
    """Each field as the first form that has it shows it."""
    made = {**form, **usual}
    for name, value in form.items():
        if isinstance(value, Mapping) and isinstance(before := usual.get(name), Mapping):
            made[name] = _joined(before, value)
    return made


def _over(stated: Payload, form: Payload, plain: object, usual: object) -> Payload:
    """What is stated wherever the form is as ``usual``, and the form's own wherever it differs.

    What the ``plain`` form has and this one has not is left out: that is what the form is about.
    """
    made = dict(form)
    plain = plain if isinstance(plain, Mapping) else {}
    usual = usual if isinstance(usual, Mapping) else {}
    for name, value in stated.items():
        if name not in form:
            if name not in plain:
                made[name] = value
        elif isinstance(value, Mapping) and isinstance(inner := form[name], Mapping):
            made[name] = _over(value, inner, plain.get(name), usual.get(name))
        elif same(_shown(usual.get(name)), _shown(form[name])):
            made[name] = value
    return made


def _shown(value: object) -> object:
    """The value with names for what only the sending fills in, so that two can be compared."""

    def named(hole: Hole) -> object:
        return f"<{hole.kind} {hole.name}{hole.plus:+}>"

    return fill(value, named)
