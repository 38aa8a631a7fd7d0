"""Which reply belongs to which command: the document's correlation, computed from a sent value."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.codec import MISSING, same
from conformance.contract import Operation, Service, finder
from conformance.contract.targets import PLACE

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def _value_at(value: object, pointer: str) -> object:
    """The value at a pointer without ``*``; ``MISSING`` when there is none."""
    found = finder(pointer)(value)
    return found[0] if found else MISSING


def fill_template(template: object, sent: object) -> object:
    """A correlation template with the values of the command; ``MISSING`` when a needed one is absent.

    ``{/pointer}`` stands for a value, ``[...]`` is left out when a value in it is absent. A template that
    is exactly one ``{/pointer}`` gives the value itself, typed.
    """
    if not isinstance(template, str):
        return template
    alone = PLACE.fullmatch(template)
    if alone:
        return _value_at(sent, alone.group(1))

    def optional(match: re.Match[str]) -> str:
        part = match.group(1)
        missing = any(_value_at(sent, pointer) is MISSING for pointer in PLACE.findall(part))
        return "" if missing else part

    text = _OPTIONAL.sub(optional, template)
    values = {pointer: _value_at(sent, pointer) for pointer in PLACE.findall(text)}
    if any(value is MISSING for value in values.values()):
        return MISSING
    return PLACE.sub(lambda match: str(values[match.group(1)]), text)


def correlation(
    service: Service, operation: Operation, reply: str, sent: object
) -> Mapping[str, tuple[object, ...]]:
    """Where and what a reply must echo: pointer -> the values of which it must carry one.

    Empty when the document correlates nothing for this reply, or the command carried nothing to echo.
    """
    echoes: dict[str, tuple[object, ...]] = {}
    message = service.messages.get(reply)
    command = service.messages.get(operation.message)
    if message is not None and command is not None and message.correlation and command.correlation:
        value = _value_at(sent, command.correlation)
        if value is not MISSING:
            echoes[message.correlation] = (value,)
    for pointer, templates in operation.correlates.get(reply, {}).items():
        values = tuple(fill_template(template, sent) for template in templates)
        if all(value is not MISSING for value in values):
            echoes[pointer] = values
    return echoes


def identity(
    service: Service, operation: Operation, reply: str, sent: object
) -> Mapping[str, tuple[object, ...]]:
    """What of a reply says whose it is: the correlation id where both messages have one, else all echoes.

    What it has to echo besides shows whether the right answer was given, not to which command.
    """
    echoes = correlation(service, operation, reply, sent)
    message = service.messages.get(reply)
    at = message.correlation if message is not None else ""
    return {at: echoes[at]} if at in echoes else echoes


def identifying(service: Service, operation: Operation) -> str:
    """Where a command says what its reply is told by: one pointer into it, '' where no one is enough."""
    command = service.messages.get(operation.message)
    if command is not None and command.correlation:
        return command.correlation
    whole = {
        alone.group(1)
        for echoes in operation.correlates.values()
        for templates in echoes.values()
        for template in templates
        if isinstance(template, str) and (alone := PLACE.fullmatch(template))
    }
    return whole.pop() if len(whole) == 1 else ""


def echoed(value: object, echoes: Mapping[str, tuple[object, ...]]) -> bool:
    """Whether a reply's value carries everything that it must echo."""
    for pointer, allowed in echoes.items():
        found = _value_at(value, pointer)
        if found is MISSING or not _among(found, allowed):
            return False
    return True


def _among(found: object, allowed: tuple[object, ...]) -> bool:
    kind = type(found)
    for one in allowed:
        if type(one) is kind and kind in (int, str):  # as ids are
            if one == found:
                return True
        elif same(found, one):
            return True
    return False
