"""Security schemes that only have another name in the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from conformance.changes.ground import Ground, only
from conformance.contract.carried import Handshake
from conformance.contract.model import Credential, Service
from conformance.contract.schema import EMPTY, Provenance
from conformance.documents.where import NOWHERE


def schemes(ground: Ground, old: Service, new: Service) -> Service:
    """The old service with the names that its schemes have today; that they have others is told."""
    names = {
        **_renamed(old.handshakes, new.handshakes),
        **_renamed(old.credentials, new.credentials),
    }
    if not names:
        return old
    for name, other in names.items():
        ground.called[old.name, name] = other
        one, two = ((each.handshakes.get(key) or each.credentials[key]).where
                    for each, key in ((old, name), (new, other)))  # fmt: skip
        says = f"the security scheme {name} is called {other} in the documents"
        ground.tell("scheme-renamed", new.name, "", says, old=one, new=two)

    def today(some: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.get(each, each) for each in some)

    return replace(
        old,
        servers=tuple(replace(each, security=today(each.security)) for each in old.servers),
        operations=MappingProxyType(
            {key: replace(each, schemes=today(each.schemes)) for key, each in old.operations.items()}
        ),
        http=tuple(replace(each, schemes=today(each.schemes)) for each in old.http),
        handshakes=MappingProxyType(
            {
                names.get(key, key): replace(each, together=today(each.together))
                for key, each in old.handshakes.items()
            }
        ),
        credentials=MappingProxyType({names.get(key, key): each for key, each in old.credentials.items()}),
    )


def _renamed(
    old: Mapping[str, Handshake | Credential], new: Mapping[str, Handshake | Credential]
) -> dict[str, str]:
    """Schemes that are carried in the same way, and the only such ones."""
    gone = {name: _nameless(each) for name, each in old.items() if name not in new}
    come = {name: _nameless(each) for name, each in new.items() if name not in old}
    return dict(only(gone, come))


def _nameless(scheme: Handshake | Credential) -> Handshake | Credential:
    if isinstance(scheme, Handshake):
        scheme = replace(scheme, together=())
    return replace(scheme, scheme="", where=NOWHERE, provenance=Provenance.PUBLISHED, clauses=EMPTY)
