"""Addresses with variables: filled with the user's values, else with the document's, and never half."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from conformance.contract import Contract, Server, Service
from conformance.contract.handshake import as_text
from conformance.errors import UsageError

HOLE = re.compile(r"\{([^{}]*)\}")


def address_of(service: str, server: Server, values: Mapping[str, object]) -> str:
    """The address of a server. Raises UsageError for a variable without a value, or with one not allowed."""
    if not server.template:
        return _whole(service, server, server.url)

    def change(hole: re.Match[str]) -> str:
        variable = server.variables.get(hole[1])
        given = as_text(values.get(hole[1]))
        if given is None:
            return (variable.default if variable is not None else "") or hole[0]
        if variable is not None and variable.allowed and given not in variable.allowed:
            raise UsageError(
                f"--value {hole[1]}={given}: the server {server.name} of {service} has no such address",
                hint=f"expected {' or '.join(variable.allowed)}",
            )
        return given

    return _whole(service, server, HOLE.sub(change, server.template))


def _whole(service: str, server: Server, url: str) -> str:
    hole = HOLE.search(url)
    if hole is not None:
        variable = server.variables.get(hole[1])
        allowed = (
            f": one of {', '.join(variable.allowed)}" if variable is not None and variable.allowed else ""
        )
        raise UsageError(
            f"the address of the server {server.name} of {service} has no value for {hole[1]}",
            hint=f"give --value {hole[1]}=…{allowed}",
        )
    return url


def named(contract: Contract) -> set[str]:
    """Every name that ``--value`` can give a value to."""
    return {name for service in contract.services.values() for name in _names(service)}


def _names(service: Service) -> Iterator[str]:
    for source in service.rules.sources:
        yield from source.values
    for server in service.servers:
        yield from server.variables
        yield from HOLE.findall(server.url)
    for each in service.carried:
        yield each.name
    yield from HOLE.findall(service.template or service.address)
