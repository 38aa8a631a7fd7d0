"""Which reply belongs to which command: the document's correlation, computed from a sent value."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.codec import MISSING, same
from conformance.contract import Operation, Service, find

_PLACE = re.compile(r"\{(/[^{}]*)\}")  # our own template syntax; no pattern of a document
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def _value_at(value: object, pointer: str) -> object:
    """The value at a pointer without ``*``; ``MISSING`` when there is none."""
    for _path, found in find(value, pointer):
        return found
    return MISSING


def fill_template(template: object, sent: object) -> object:
    """A correlation template with the values of the command; ``MISSING`` when a needed one is absent.

    ``{/pointer}`` stands for a value, ``[...]`` is left out when a value in it is absent. A template that
    is exactly one ``{/pointer}`` gives the value itself, typed.
    """
    if not isinstance(template, str):
        return template
    alone = _PLACE.fullmatch(template)
    if alone:
        return _value_at(sent, alone.group(1))

    def optional(match: re.Match[str]) -> str:
        part = match.group(1)
        missing = any(_value_at(sent, pointer) is MISSING for pointer in _PLACE.findall(part))
        return "" if missing else part

    text = _OPTIONAL.sub(optional, template)
    values = {pointer: _value_at(sent, pointer) for pointer in _PLACE.findall(text)}
    if any(value is MISSING for value in values.values()):
        return MISSING
    return _PLACE.sub(lambda match: str(values[match.group(1)]), text)


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


def echoed(value: object, echoes: Mapping[str, tuple[object, ...]]) -> bool:
    """Whether a reply's value carries everything that it must echo."""
    for pointer, allowed in echoes.items():
        found = _value_at(value, pointer)
        if found is MISSING or not any(same(found, one) for one in allowed):
            return False
    return True
