"""The part of a service whose commands the suite can make: what depends on the rest is left out with it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from conformance.cases.filling import sourced_names
from conformance.cases.forms import Forms
from conformance.contract.model import Operation, Service


def makeable(service: Service) -> Service:
    """The service without commands that cannot be made, and without what needs them.

    Credentials, sources and streams go with their operations, operations with the last of their credentials.
    """
    forms = Forms(service)
    able = {name for name, each in service.operations.items() if forms.can_make(each)}
    left = _only(service, able)
    while len(left.operations) < len(able):
        able = set(left.operations)
        left = _only(left, able)
    gone = _values(service) - _values(left)
    if not gone:
        return left
    waiting = {name for name in able if gone & set(sourced_names(forms.valid(service.operations[name])))}
    return left if not waiting else makeable(_only(left, able - waiting))


def _only(service: Service, able: set[str]) -> Service:
    """The service with these operations, and what stands on them."""
    if len(able) == len(service.operations):
        return service
    credentials = {
        name: each
        for name, each in service.credentials.items()
        if each.operation in able and (not each.issued_by or each.issued_by in able)
    }
    operations = {
        name: each
        for name, each in service.operations.items()
        if name in able and _allowed(each, service, set(credentials))
    }
    streams = service.rules.streams
    if streams is not None and not {streams.subscribe, streams.unsubscribe} <= operations.keys():
        streams = None
    sources = tuple(
        each
        for each in service.rules.sources
        if each.operation in operations and (not each.undo or each.undo in operations)
    )
    return replace(
        service,
        operations=MappingProxyType(operations),
        credentials=MappingProxyType(credentials),
        rules=replace(service.rules, streams=streams, sources=sources),
    )


def _values(service: Service) -> set[str]:
    return {name for source in service.rules.sources if source.scope == "case" for name in source.values}


def _allowed(operation: Operation, service: Service, left: set[str]) -> bool:
    """Whether somebody can still authenticate for it; schemes without a way to do so do not count."""
    known = [scheme for scheme in operation.schemes if scheme in service.credentials]
    carried = any(scheme in service.handshakes for scheme in operation.schemes)
    return not known or carried or any(scheme in left for scheme in known)
