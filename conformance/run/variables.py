"""Addresses with variables: filled with the user's values, else with the document's, and never half."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl

from conformance.cases.scenario_values import source_names
from conformance.contract import Carried, Contract, Place, Server, Service
from conformance.contract.handshake import as_text
from conformance.contract.model import Variable
from conformance.errors import UsageError

HOLE = re.compile(r"\{([^{}]*)\}")
TEXTS = {
    "string": re.compile(r"(?s).*"),
    "boolean": re.compile(r"true|false"),
    "integer": re.compile(r"-?[0-9]+"),
    "number": re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?"),
    "array": re.compile(r"(?s).*"),
    "object": re.compile(r"(?s).*"),
    "null": re.compile(r""),
}
"""How a value of each type may be written in a URL or a header; how lists and maps are, no document says."""
SHOWN = 8
NOTHING: Mapping[str, object] = MappingProxyType({})


def address_of(service: str, server: Server, values: Mapping[str, object]) -> str:
    """The address of a server, without its query.

    Raises UsageError for a variable without a value, or with one that is not allowed.
    """
    if not server.template:
        return _whole(service, server, server.url.partition("?")[0])

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

    return _whole(service, server, HOLE.sub(change, server.template.partition("?")[0]))


def carried_by(server: Server, values: Mapping[str, object] = NOTHING) -> tuple[Carried, ...]:
    """The query parameters of a server's address, their variables at the user's values or the document's."""
    query = (server.template or server.url).partition("?")[2].partition("#")[0]

    def change(hole: re.Match[str]) -> str:
        return as_text(values.get(hole[1])) or server.variables.get(hole[1], Variable()).default or hole[0]

    pairs = [(name, HOLE.sub(change, value)) for name, value in parse_qsl(query, keep_blank_values=True)]
    return tuple(
        Carried(
            Place.QUERY, name, required=True, value=None if HOLE.search(value) else value, where=server.where
        )
        for name, value in pairs
    )


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


def carried_at(service: Service) -> tuple[Carried, ...]:
    """The values that an opening of the service may carry: its bindings', and those of its addresses."""
    return (*service.carried, *(each for server in service.servers for each in carried_by(server)))


def named(contract: Contract) -> set[str]:
    """Every name that ``--value`` can give a value to, whether a source gives it or a command only asks."""
    own = {name for service in contract.services.values() for name in _names(service)}
    stated = {name for tree in contract.scenarios for name, _ in tree.root.named("values")}
    return own | stated | set(source_names(contract))


def fitting(contract: Contract, values: Mapping[str, object]) -> None:
    """Raises UsageError for a value that fits nowhere where an address or an opening asks for it."""
    for name, value in values.items():
        text = as_text(value)
        wanted = [each for service in contract.services.values() for each in _wanted(service, name)]
        if text is None or not wanted or any(takes(text, *each[1:]) for each in wanted):
            continue
        what, allowed, types = wanted[0]
        raise UsageError(
            f"--value {name}={text}: {what} has no such value",
            hint="expected " + _listed(allowed or tuple(map(_in_words, types))),
        )


def _wanted(service: Service, name: str) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Where a value of that name is asked for, with the values and the types that are allowed there."""
    if name in HOLE.findall(service.template or service.address):
        yield f"the address of {service.name}", service.allowed.get(name, ()), ()
    for each in service.carried:
        if each.name == name:
            yield f"the {each.place.phrase} {name} of {service.name}", each.allowed, each.types


def takes(text: str, allowed: tuple[str, ...], types: tuple[str, ...]) -> bool:
    """Whether a text is one of these values, or what a value of one of these types is written as."""
    if allowed:
        return text in allowed
    return not types or any(each not in TEXTS or TEXTS[each].fullmatch(text) for each in types)


def _listed(words: tuple[str, ...]) -> str:
    if len(words) <= SHOWN:
        return " or ".join(words)
    return f"one of {', '.join(words[:SHOWN])}, … ({len(words)} in all)"


def _in_words(kind: str) -> str:
    return "true or false" if kind == "boolean" else kind


def _names(service: Service) -> Iterator[str]:
    for server in service.servers:
        yield from server.variables
        yield from HOLE.findall(server.url)
    yield from (each.name for each in carried_at(service))
    yield from HOLE.findall(service.template or service.address)
