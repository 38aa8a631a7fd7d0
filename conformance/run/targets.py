"""From what the user names (a server of the documents, addresses, credentials) to a target.

What a document states of the target at an address counts when the user names that very address; nothing is
ever sent to a host that the user did not name, by its address or by the name of a server and its aliases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType

from conformance.cases.stated import lowerable
from conformance.cases.target import Credentials, Target
from conformance.contract import NOBODY, Contract, Server, Service
from conformance.errors import UsageError
from conformance.run.addresses import Address, parse_address
from conformance.run.credentials import parse_credential, stated_credentials
from conformance.run.endpoints import aliases_of, embedded_aliases, given_aliases
from conformance.run.variables import address_of, carried_by, fitting, named
from conformance.trading.limits import CAREFUL, FREE, Limits, limited, tightened

REFERENCE = "reference"
EMBEDDED_DEADLINE_MS = 1500
LIMIT = "--trading-limit"


@dataclass(frozen=True, slots=True)
class Given:
    """What the user said about the target. ``name`` is empty, the embedded reference, or a server's name."""

    name: str = ""
    urls: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    allow_trading: bool = False
    exclusive: bool = False
    deadlines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    minimums: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    tolerance_ms: int | None = None
    limits: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def embedded(self) -> bool:
        """Whether the target is the reference that the run itself starts."""
        return self.name == REFERENCE or (not self.name and not self.urls)


def make_target(contract: Contract, given: Given) -> Target:
    """The target that the user means; the embedded reference tells its addresses only when it is up.

    Raises UsageError for a name, address, deadline, value or credential that means nothing here.
    """
    _known(
        "--deadline",
        given.deadlines,
        {each.name for one in contract.services.values() for each in one.rules.deadlines},
    )
    _known("--minimum", given.minimums, lowerable(contract))
    _known("--value", given.values, named(contract))
    _no_secrets(contract, given)
    fitting(contract, given.values)
    explicit = tuple(parse_credential(text, contract) for text in given.credentials)
    if given.embedded:
        if given.urls:
            raise UsageError(
                f"the target {REFERENCE} is embedded and takes no --url", hint="leave out one of them"
            )
        return _embedded(contract, given, explicit)
    servers = _servers(contract, given)
    addresses = {name: address_of(name, server, given.values) for name, server in servers.items()}
    plain, aliases = given_aliases(contract, given.urls)
    urls, named_by = _urls(contract, plain), dict(servers)
    for name, address in urls.items():
        named_by.pop(name, None)
        addresses[name] = address.url
        servers.pop(name, None)
        known = contract.services[name].servers
        found = next((one for one in known if _same(name, one, address, given.values)), None)
        if found is not None:
            servers[name] = found
    others = aliases_of(contract, named_by, addresses, aliases, given.values)
    name = given.name or next(iter(urls.values())).place
    made = Target(name=name, addresses=addresses, aliases=others)
    return _stated(contract, made, servers, given, explicit)


def _embedded(contract: Contract, given: Given, explicit: tuple[Credentials, ...]) -> Target:
    deadlines = {
        each.name: min(each.after_ms, EMBEDDED_DEADLINE_MS)
        for one in contract.services.values()
        for each in one.rules.deadlines
    }
    # It is what the documents' servers on this machine are: it says so itself once it is up.
    local = {
        f"{service.name} {server.name}": server
        for service in contract.services.values()
        for server in service.servers
        if _is_local(server)
    }
    _, minimums = _stated_numbers(local)
    target = Target(
        name=REFERENCE,
        addresses={},
        credentials=explicit,
        exclusive=True,
        trading=True,
        embedded=True,
        deadlines=MappingProxyType({**deadlines, **given.deadlines}),
        minimums=MappingProxyType({**minimums, **given.minimums}),
        values=_values(local, given),
        limits=limited(FREE, given.limits, LIMIT),
        aliases=embedded_aliases(contract),
    )
    return target if given.tolerance_ms is None else _tolerant(target, given.tolerance_ms)


def _stated(
    contract: Contract,
    target: Target,
    servers: Mapping[str, Server],
    given: Given,
    explicit: tuple[Credentials, ...],
) -> Target:
    """The target with what the documents state of it at these addresses, and what the user says on top."""
    deadlines, minimums = _stated_numbers(servers)
    sockets = [name for name in target.addresses if contract.services[name].operations]
    local = all(parse_address(url).loopback for url in target.everywhere().values())
    made = Target(
        name=target.name,
        addresses=MappingProxyType(dict(target.addresses)),
        credentials=explicit or stated_credentials(servers),
        security=MappingProxyType(
            {name: _asked(contract.services[name], servers.get(name)) for name in target.addresses}
        ),
        carried=MappingProxyType(
            {name: carried_by(server, given.values) for name, server in servers.items()}
        ),
        exclusive=given.exclusive or _all_state("exclusive", target.addresses, servers),
        trading=given.allow_trading or (local and _all_state("trading", sockets, servers)),
        deadlines=MappingProxyType({**deadlines, **given.deadlines}),
        minimums=MappingProxyType({**minimums, **given.minimums}),
        values=_values(servers, given),
        limits=_limits(servers.values(), given, trusted=local),
        aliases=target.aliases,
    )
    return made if given.tolerance_ms is None else _tolerant(made, given.tolerance_ms)


def _tolerant(target: Target, tolerance_ms: int) -> Target:
    return replace(target, tolerance_ms=tolerance_ms)


def _limits(servers: Iterable[Server], given: Given, *, trusted: bool) -> Limits:
    """The limits of trading: the user's word before the documents', whose word only on the loopback allows
    more than is usual."""
    limits = CAREFUL
    for server in servers:
        stated = server.stated.get("limits")
        if isinstance(stated, Mapping):
            named = {name: value for name, value in stated.items() if name != "x-provenance"}
            where = f"{server.where}: limits"
            limits = (
                limited(limits, named, where) if trusted else tightened(limits, limited(FREE, named, where))
            )
    return limited(limits, given.limits, LIMIT)


def _stated_numbers(servers: Mapping[str, Server]) -> tuple[dict[str, int], dict[str, int]]:
    """The deadlines and the minimums that the documents state at these servers."""
    deadlines: dict[str, int] = {}
    minimums: dict[str, int] = {}
    for server in servers.values():
        deadlines.update(_numbers(server.stated.get("deadlines")))
        minimums.update(_numbers(server.stated.get("minimums")))
    return deadlines, minimums


def _values(servers: Mapping[str, Server], given: Given) -> Mapping[str, object]:
    """The values that the documents state at these servers, and the user's on top."""
    values: dict[str, object] = {}
    for server in servers.values():
        stated = server.stated.get("values")
        if isinstance(stated, Mapping):
            values.update((str(name), value) for name, value in stated.items() if name != "x-provenance")
    return MappingProxyType({**values, **given.values})


def _is_local(server: Server) -> bool:
    try:
        return parse_address(server.url).loopback
    except UsageError:
        return False


def _all_state(word: str, names: Iterable[str], servers: Mapping[str, Server]) -> bool:
    names = list(names)
    return bool(names) and all(name in servers and servers[name].stated.get(word) is True for name in names)


def _numbers(stated: object) -> dict[str, int]:
    if not isinstance(stated, Mapping):
        return {}
    return {str(name): ms for name, ms in stated.items() if isinstance(ms, int)}


def _servers(contract: Contract, given: Given) -> dict[str, Server]:
    """The servers of that name, by document; none when only addresses are given."""
    if not given.name:
        return {}
    found = {
        service.name: server
        for service in contract.services.values()
        for server in service.servers
        if server.name == given.name
    }
    if not found:
        known = {server.name for service in contract.services.values() for server in service.servers}
        raise UsageError(f"no target {given.name!r}", hint=_near(given.name, [REFERENCE, *sorted(known)]))
    return found


def _urls(contract: Contract, texts: Iterable[str]) -> dict[str, Address]:
    """The addresses by service. A document's name stands for all of its services, but those named apart."""
    documents: dict[str, list[str]] = {}
    for service in contract.services.values():
        documents.setdefault(service.document or service.name, []).append(service.name)
    given: dict[str, str] = {}
    for text in texts:
        name, equals, url = text.partition("=")
        if not equals or "/" in name or ":" in name:
            if len(documents) != 1:
                raise UsageError(
                    f"--url {text}: which document's address is it?",
                    hint=f"give --url NAME={text}, NAME one of {', '.join(documents)}",
                )
            name, url = next(iter(documents)), text
        if name not in contract.services and name not in documents:
            known = dict.fromkeys((*documents, *contract.services))
            raise UsageError(f"--url {text}: no document {name!r}", hint=_near(name, known))
        if name in given:
            raise UsageError(f"--url gives two addresses for {name}")
        given[name] = url
    addresses: dict[str, Address] = {}
    for name, url in given.items():
        for one in [name] if name in contract.services else documents[name]:
            if one != name and one in given:
                continue
            try:
                addresses[one] = parse_address(url, contract.services[one].protocol)
            except UsageError as failure:
                raise UsageError(f"--url {name}: {failure.what}", hint=failure.hint) from None
    return addresses


def _asked(service: Service, server: Server | None) -> tuple[str, ...]:
    """What is asked for when a session is opened; of an address that no document knows, what any of its
    servers asks for."""
    known = service.servers if server is None else (server,)
    names = dict.fromkeys(name for each in known for name in each.security)
    if names and any(not each.security for each in known):
        names[NOBODY] = None
    return tuple(names)


def _no_secrets(contract: Contract, given: Given) -> None:
    """What a document calls a password is never an argument: arguments are seen by every process."""
    for service in contract.services.values():
        for each in service.carried:
            if each.secret and each.name in given.values:
                raise UsageError(
                    f"--value {each.name}: that is a secret, which is never given on the command line itself",
                    hint=f"give --credential {each.name}=env:VARIABLE or {each.name}=file:PATH",
                )


def _same(name: str, server: Server, address: Address, values: Mapping[str, object]) -> bool:
    try:
        return parse_address(address_of(name, server, values)).key == address.key
    except UsageError:
        return False


def _known(option: str, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            hint = _near(name, sorted(known)) if known else "the documents have none"
            raise UsageError(f"{option} {name}: no such name in the documents", hint=hint)


def _near(name: str, known: Iterable[str]) -> str:
    known = list(known)
    near = get_close_matches(name, known, n=2, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
