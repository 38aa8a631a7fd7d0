"""The HTTP requests of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.cases.scenario_values import (
    Known,
    check_pointer,
    conditions,
    exists,
    mapping,
    number,
    one_of,
    only,
    required,
    text,
)
from conformance.cases.steps import Request
from conformance.contract.model import HttpOperation, Service
from conformance.documents.pointers import split
from conformance.documents.tree import Node


def read_request(
    node: Node, services: Mapping[str, Service], usual: str, clause: str, known: Known
) -> Request:
    """One request of a documented operation; ``usual`` is the service where the step names none."""
    only(node, ("operation", "service", "status", "holds", "save"), "request")
    name = node.text("service", default=usual)
    if name not in services:
        raise node.refuse(f"no document is called {name!r}", expected=one_of(services))
    named = required(node, "operation", "request")
    operations = {each.name: each for each in services[name].http}
    operation = operations.get(text(named, "an operation"))
    if operation is None:
        raise named.refuse(f"{name} has no operation {named.value!r}", expected=one_of(operations))
    holds, save = node.get("holds"), node.get("save")
    kept: dict[str, str] = {}
    for at, child in mapping(holds, "holds").items() if holds is not None else ():
        _check(child, at, operation)
    for word, child in mapping(save, "save").items() if save is not None else ():
        kept[word] = text(child, "a saved pointer")
        _check(child, kept[word], operation)
    return Request(
        name,
        operation.method.upper(),
        operation.path,
        clause,
        operation.name,
        only=number(node.get("status"), 0),
        holds=conditions(holds, None, known),
        save=kept,
    )


def _check(node: Node, pointer: str, operation: HttpOperation) -> None:
    """Refuse a pointer that can mean nothing in any documented answer."""
    check_pointer(node, pointer, None)
    bodies = [schema for response in operation.responses for schema in response.content.values()]
    if not any(exists(schema, split(pointer)) for schema in bodies):
        raise node.refuse(
            f"no answer of {operation.name} has anything at {pointer}",
            expected="a pointer that its schema knows",
        )
