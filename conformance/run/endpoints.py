"""The other addresses of a target's environment: those of its document, and those that the user gives.

Who names a server of a document names its aliases, too: they are of the same environment, as the document
says. Who gives an address gives that one alone. What a document names is not taken where it is trusted less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from conformance.contract import Contract, Server
from conformance.contract.clauses import slug
from conformance.contract.endpoints import environment, most_aliases
from conformance.errors import UsageError
from conformance.run.addresses import Address, parse_address
from conformance.run.variables import address_of

ENCRYPTED = ("wss", "https")
Aliases = dict[str, dict[str, str]]
"""By service: name, as a word of ids -> address."""
EMBEDDED = "alias"
"""How the embedded reference calls the other address of a service."""


def given_aliases(contract: Contract, texts: Iterable[str]) -> tuple[tuple[str, ...], Aliases]:
    """What is left of the ``--url`` texts, and the aliases among them: ``SERVICE/NAME=URL``.

    Raises UsageError for one that is no address, or that is given twice.
    """
    rest: list[str] = []
    aliases: Aliases = {}
    for text in texts:
        word, equals, url = text.partition("=")
        service, slash, name = word.partition("/")
        if not (equals and slash and name) or ":" in word:
            rest.append(text)
            continue
        if service not in contract.services:
            there = ", ".join(each for each, known in contract.services.items() if known.operations)
            raise UsageError(f"--url {word}: no service {service!r}", hint=f"there is {there}")
        known = contract.services[service]
        if not known.operations:
            raise UsageError(
                f"--url {word}: {service} is asked at one address alone",
                hint=f"give --url {service}=URL; WebSocket services may have aliases",
            )
        try:
            address = parse_address(url, known.protocol)
        except UsageError as failure:
            raise UsageError(f"--url {word}: {failure.what}", hint=failure.hint) from None
        if slug(name) in aliases.setdefault(service, {}):
            raise UsageError(f"--url gives two addresses for {word}")
        aliases[service][slug(name)] = address.url
    return tuple(rest), aliases


def aliases_of(
    contract: Contract,
    servers: Mapping[str, Server],
    addresses: Mapping[str, str],
    given: Aliases,
    values: Mapping[str, object],
) -> Mapping[str, Mapping[str, str]]:
    """All aliases of a target: ``servers`` are those that it was named by, by service; ``given`` wins.

    Raises UsageError for an alias of nothing, and for a document's that is trusted less than the address.
    """
    found: Aliases = {}
    for service in given:
        if service not in addresses:
            raise UsageError(
                f"--url {service}/{next(iter(given[service]))}: an alias of which address?",
                hint=f"give --url {service}=URL, too",
            )
    for service, server in servers.items():
        named = found.setdefault(service, {})
        for each in environment(server, contract.services[service].servers):
            if slug(each.name) not in given.get(service, {}):
                url = named[slug(each.name)] = address_of(service, each, values)
                _trusted(service, each, parse_address(addresses[service]), parse_address(url))
    for service, named in given.items():
        found.setdefault(service, {}).update(named)
    return MappingProxyType({name: MappingProxyType(each) for name, each in found.items() if each})


def embedded_aliases(contract: Contract) -> Mapping[str, Mapping[str, str]]:
    """The aliases that the embedded reference will have: where the documents know of any. It tells the
    addresses when it is up."""
    services = (one for one in contract.services.values() if most_aliases(one))
    return MappingProxyType({one.name: MappingProxyType({EMBEDDED: ""}) for one in services})


def _trusted(service: str, server: Server, first: Address, other: Address) -> None:
    why = ""
    if first.scheme in ENCRYPTED and other.scheme not in ENCRYPTED:
        why = "is not encrypted"
    elif first.loopback and not other.loopback:
        why = "is not on this machine"
    if why:
        raise UsageError(
            f"{server.where}: the alias {server.name} of {service} {why}, as {first.url} is: {other.url}",
            hint=f"give --url {service}/{server.name}={other.url} if it is to be asked all the same, "
            f"or --url {service}={first.url} to ask that one alone",
        )
