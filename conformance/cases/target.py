"""A target: where cases are put to, and what is stated of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from conformance.contract.carried import Carried
from conformance.trading.limits import FREE, Limits


@dataclass(frozen=True, slots=True)
class Credentials:
    """One credential of the target's user. ``value`` never appears in a repr.

    ``permissions`` is what the target grants it, as stated; ``account`` groups credentials of one owner.
    """

    scheme: str
    value: str = field(repr=False)
    label: str = ""
    account: str = ""
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
    """Addresses by service name, and what the user or the documents state of the endpoint.

    ``aliases`` are the other addresses of the same environment, by service, each with its name.
    ``deadlines`` (ms, by name) and ``minimums`` (by field) override the documents'; ``values`` override
    the documents' sources; ``tolerance_ms`` is added to every upper time bound. ``embedded`` is true for
    the reference that the run itself started. ``security`` is what is asked for when a session is opened,
    by service: see ``contract.Server``; ``carried`` are the query parameters that stand in addresses.
    ``limits`` bound what may be traded.
    """

    name: str
    addresses: Mapping[str, str]
    credentials: tuple[Credentials, ...] = ()
    exclusive: bool = False
    trading: bool = False
    embedded: bool = False
    tolerance_ms: int = 250
    deadlines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    minimums: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    security: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    carried: Mapping[str, tuple[Carried, ...]] = field(default_factory=lambda: MappingProxyType({}))
    limits: Limits = FREE
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))

    def address(self, service: str, alias: int = 0) -> str:
        """The address of a service, or its so many-th alias; '' for one that nobody named."""
        if not alias:
            return self.addresses.get(service, "")
        others = [*self.aliases.get(service, {}).values()]
        return others[alias - 1] if alias <= len(others) else ""

    def everywhere(self) -> dict[str, str]:
        """All addresses by service, aliases as ``service/name``."""
        others = {
            f"{service}/{name}": url for service, named in self.aliases.items() for name, url in named.items()
        }
        return {**self.addresses, **others}

    def credential(
        self,
        schemes: tuple[str, ...],
        has: frozenset[str] = frozenset(),
        lacks: frozenset[str] = frozenset(),
        other_than: str | None = None,
        account: str | None = None,
    ) -> Credentials | None:
        """The first credential of one of ``schemes`` with all of ``has`` and at least one of ``lacks``
        missing.

        ``other_than`` excludes one account, ``account`` asks for one. None when the target's user has no
        such credential.
        """
        for one in self.credentials:
            if one.scheme not in schemes or not has <= one.permissions:
                continue
            if lacks and lacks <= one.permissions:
                continue
            if other_than is not None and one.account == other_than:
                continue
            if account is not None and one.account != account:
                continue
            return one
        return None
