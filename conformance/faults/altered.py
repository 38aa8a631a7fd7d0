"""Behaviours that alter one kind of message, or of answer, on its way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from conformance.codec import JSON, MISSING, Codec
from conformance.contract import Response, Service, identify, split
from conformance.faults.fault import Derived
from conformance.payloads import Mutant, exemplified
from conformance.reference.behaviour import HttpAnswer, OutFrame
from conformance.validation import judge

Change = Callable[[object], object]
"""A message's value -> what is sent instead; ``MISSING`` leaves it as it is."""


def altering(service: Service, message: str, change: Change) -> type[Derived]:
    """Every message of that name is changed."""

    class Altering(Derived):
        """Changes one kind of message."""

        def outgoing(self, service_name: str, value: object) -> list[OutFrame]:
            """Changes the value before it is encoded."""
            if service_name == service.name and any(
                each.name == message for each in identify(service, value)
            ):
                changed = change(value)
                if changed is not MISSING:
                    self.applied += 1
                    return super().outgoing(service_name, changed)
            return super().outgoing(service_name, value)

    return Altering


def reframing(service: Service, change: Callable[[OutFrame], list[OutFrame]]) -> type[Derived]:
    """Every frame of a service is changed."""

    class Reframing(Derived):
        """Changes frames."""

        def outgoing(self, service_name: str, value: object) -> list[OutFrame]:
            """Changes what was encoded."""
            framed = super().outgoing(service_name, value)
            if service_name != service.name:
                return framed
            self.applied += 1
            return [changed for frame in framed for changed in change(frame)]

    return Reframing


def answering(
    method: str, path: str, response: Response, change: Callable[[HttpAnswer], HttpAnswer | None]
) -> type[Derived]:
    """Every documented answer to an HTTP operation is changed, where it can be."""

    class Answering(Derived):
        """Changes answers."""

        def answer(self, service: str, asked: str, at: str, answer: HttpAnswer) -> HttpAnswer:
            """Changes the answer before it is written."""
            answer = super().answer(service, asked, at, answer)
            if asked == method and at == path and documented(response, answer):
                changed = change(answer)
                if changed is not None:
                    self.applied += 1
                    return changed
            return answer

    return Answering


def documented(response: Response, answer: HttpAnswer) -> bool:
    """Whether an answer is this documented response: two services may answer on the same path."""
    schema = response.content.get(media_type(answer))
    if str(answer.status) != response.status or schema is None:
        return False
    value = JSON.decode(answer.body).value
    return value is not MISSING and judge(schema, value).ok


def media_type(answer: HttpAnswer) -> str:
    """The content type without its parameters."""
    return answer.content_type.partition(";")[0].strip().lower()


def written(codec: Codec, mutant: Mutant) -> bool:
    """Whether the encoding can hold the broken value: no fault can send what cannot be written."""
    try:
        codec.encode(exemplified(mutant.value))
    except ValueError:
        return False
    return True


def with_body(answer: HttpAnswer, change: Change) -> HttpAnswer | None:
    """The answer with a changed JSON body; None where the change cannot be made, or cannot be written."""
    changed = change(JSON.decode(answer.body).value)
    if changed is MISSING:
        return None
    try:
        return replace(answer, body=JSON.encode(changed))
    except ValueError:
        return None


def put_at(value: object, path: tuple[str | int, ...], item: object) -> object:
    """A copy of a value with an item at a path; ``MISSING`` when the path is not there."""
    if not path:
        return item
    head, rest = path[0], path[1:]
    if isinstance(value, Mapping) and head in value:
        inner = put_at(value[head], rest, item)
        return MISSING if inner is MISSING else {**value, head: inner}
    if isinstance(value, list) and isinstance(head, int) and head < len(value):
        inner = put_at(value[head], rest, item)
        return MISSING if inner is MISSING else [*value[:head], inner, *value[head + 1 :]]
    return MISSING


def put_pointer(value: object, pointer: str, item: object) -> object:
    """As ``put_at``, at an RFC 6901 pointer; ``MISSING`` also for nothing in, or nothing to put."""
    if value is MISSING or item is MISSING:
        return MISSING
    path: list[str | int] = []
    here = value
    for step in split(pointer):
        if isinstance(here, list) and step.isdecimal() and int(step) < len(here):
            path.append(int(step))
            here = here[int(step)]
        elif isinstance(here, Mapping):
            path.append(step)
            here = here.get(step)
        else:
            return MISSING
    return put_at(value, tuple(path), item)
